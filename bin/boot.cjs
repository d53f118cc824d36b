'use strict'
/** First code in the re-executed Node 24: compile cache on, then the script. See launch.cjs. */
const { enableCompileCache } = require('node:module')
const path = require('node:path')
const { pathToFileURL } = require('node:url')
const { Worker } = require('node:worker_threads')

enableCompileCache()
// The launcher is gone: whoever killed it meant this process.
if (process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel.unref()
  new Worker(path.join(__dirname, 'parent-watch.cjs'), { workerData: process.ppid, env: {}, execArgv: [] }).unref()
}
process.argv.splice(1, 1)
import(pathToFileURL(process.argv[1]).href)
