'use strict';

/** Loads the package in the folder given as n8n does at its start, and prints what that took and touched. */
const path = require('node:path');
const { performance } = require('node:perf_hooks');

// n8n has loaded its own library long before it comes to community packages.
require('n8n-workflow');

const folder = path.resolve(process.argv[2]);
const { n8n } = require(path.join(folder, 'package.json'));

const start = performance.now();
const loaded = [...n8n.nodes, ...n8n.credentials].map((file) => {
	const className = path.basename(file).split('.')[0];
	return new (require(path.join(folder, file))[className])();
});
const milliseconds = performance.now() - start;

const files = Object.keys(require.cache)
	.filter((file) => file.startsWith(folder + path.sep) && file.endsWith('.js'))
	.map((file) => path.relative(folder, file));
console.log(JSON.stringify({ milliseconds, classes: loaded.map(({ constructor }) => constructor.name), files }));
