'use strict'
/**
 * Finds a Node.js 24 and runs a script of this package with it. Plain JavaScript that Node 20 reads: the only code of
 * the project that may run on another Node than 24.
 *
 * The child hangs on an IPC channel and watches its parent, so that it dies with the launcher: `kill -9` of either ends both.
 */
const { spawn } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const NODE_MAJOR = 24
const root = path.resolve(__dirname, '..')

/** The platform packages first: with --ignore-scripts the package `node` brings no binary. */
function candidates() {
  const os = process.platform === 'win32' ? 'win' : process.platform
  const binary = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node'
  const names = [`node-${os}-${process.arch}`, `node-bin-${os}-${process.arch}`, 'node']
  const found = []
  for (const name of names) {
    try {
      const manifest = require.resolve(`${name}/package.json`, { paths: [root] })
      const version = Number.parseInt(require(manifest).version, 10)
      const file = path.join(path.dirname(manifest), binary)
      if (version >= NODE_MAJOR && fs.existsSync(file)) found.push(file)
    } catch {
      // Not installed for this platform: the next name.
    }
  }
  return found
}

/** Path of a Node.js ≥ 24, or null. The running one is preferred: no second process is needed then. */
function findNode() {
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) return process.execPath
  return candidates()[0] ?? null
}

function launch(script, args) {
  const node = findNode()
  if (node === null) {
    process.stderr.write(
      `millrace needs Node.js ${NODE_MAJOR} and finds only ${process.version} (${process.platform}-${process.arch}).\n` +
        'Install Node.js 24, or install millrace without --omit=optional: its platform package brings one.\n',
    )
    process.exit(1)
  }
  if (node === process.execPath) {
    process.argv.splice(1, process.argv.length - 1, script, ...args)
    require('node:module').enableCompileCache?.()
    return import(require('node:url').pathToFileURL(script).href)
  }
  const boot = path.join(__dirname, 'boot.cjs')
  const child = spawn(node, [boot, script, ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  const forward = (signal) => {
    if (child.exitCode === null) child.kill(signal)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => forward(signal))
  child.on('error', (error) => {
    process.stderr.write(`cannot run ${node}: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

module.exports = { findNode, launch, root }
