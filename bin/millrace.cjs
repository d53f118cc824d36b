#!/usr/bin/env node
'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { launch, root } = require('./launch.cjs')

// A checkout runs its sources; an installed package the built JavaScript, as Node strips no types under node_modules.
const source = path.join(root, 'src/cli/main.ts')
launch(fs.existsSync(source) ? source : path.join(root, 'dist/src/cli/main.js'), process.argv.slice(2))
