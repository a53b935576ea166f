'use strict';

/**
 * Loads nodes and credentials as n8n does at its start, and prints how long that took.
 * Arguments: the package's folder, the files as a JSON list, and the modules to load first as a JSON list.
 */
const path = require('node:path');
const { performance } = require('node:perf_hooks');

const folder = path.resolve(process.argv[2]);
const files = JSON.parse(process.argv[3]);
// n8n loads its own libraries long before it loads any node.
for (const name of JSON.parse(process.argv[4])) require(name);

const start = performance.now();
const loaded = files.map((file) => {
	const className = path.basename(file).split('.')[0];
	return new (require(path.join(folder, file))[className])();
});
const milliseconds = performance.now() - start;

const own = Object.keys(require.cache)
	.filter((file) => file.startsWith(folder + path.sep) && file.endsWith('.js'))
	.map((file) => path.relative(folder, file));
console.log(JSON.stringify({ milliseconds, classes: loaded.map(({ constructor }) => constructor.name), files: own }));
