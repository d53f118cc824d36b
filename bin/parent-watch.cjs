'use strict'
/**
 * On a thread of its own: ends the process once its parent is another one, that is, once the launcher is gone. The main
 * thread hears of that by its channel, but only when it comes to listen: a long loop must not outlive its launcher.
 */
const { workerData: launcher } = require('node:worker_threads')

const EVERY_MS = 500
setInterval(() => {
  if (process.ppid !== launcher) process.kill(process.pid, 'SIGKILL')
}, EVERY_MS)
