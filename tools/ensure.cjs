'use strict'
/**
 * Installs the dependencies when they are missing or the lock file changed since. Needs no package itself.
 * Install scripts are never run: every native dependency has prebuilt packages.
 */
const { spawnSync } = require('node:child_process')
const { createHash } = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')

const root = path.resolve(__dirname, '..')
const mark = path.join(root, 'node_modules/.millrace-lock')
const wanted = createHash('sha256')
  .update(fs.readFileSync(path.join(root, 'package-lock.json')))
  .digest('hex')

/** Installed by this script, or by `npm ci` after the lock file came to be as it is. */
function installed() {
  try {
    if (fs.readFileSync(mark, 'utf8') === wanted) return true
  } catch {
    // Not by this script.
  }
  try {
    const theirs = fs.statSync(path.join(root, 'node_modules/.package-lock.json'))
    return theirs.mtimeMs >= fs.statSync(path.join(root, 'package-lock.json')).mtimeMs && !fs.existsSync(mark)
  } catch {
    return false
  }
}

function npm(...args) {
  const all = [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  // The nested npm must not see the flags of the one that runs this script.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(lifecycle|package|command)/.test(name)),
  )
  return (
    spawnSync('npm', all, { cwd: root, stdio: ['ignore', 2, 2], env, shell: process.platform === 'win32' }).status === 0
  )
}

if (!installed()) {
  process.stderr.write('installing dependencies …\n')
  if (!npm('ci')) {
    process.stderr.write('npm ci failed; see above\n')
    process.exit(1)
  }
  fs.writeFileSync(mark, wanted)
}

// Tools with `#!/usr/bin/env node` find Node 24 through node_modules/.bin, which npm puts first in PATH.
const link = path.join(root, 'node_modules/.bin/node')
if (process.platform !== 'win32' && !fs.existsSync(link)) {
  // A link to a Node that a reinstallation removed is there and leads nowhere.
  fs.rmSync(link, { force: true })
  const { findNode } = require('../bin/launch.cjs')
  const node = findNode()
  if (node?.startsWith(root) && fs.existsSync(node)) fs.symlinkSync(node, link)
}
