'use strict'
/** `node tools/run.cjs <script> [args]`: runs a TypeScript tool with Node 24 from whatever Node npm was started with. */
const path = require('node:path')
const { launch, root } = require('../bin/launch.cjs')

const [script, ...args] = process.argv.slice(2)
launch(path.resolve(root, script), args)
