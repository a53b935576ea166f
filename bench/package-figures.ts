import { rmSync, statSync } from 'node:fs';
import { packedTarball } from '../dev/tarball';
import type { Figure } from './support/figure';
import { loadLimit, loadOnce, packageFolder, unpackInto } from './load';

const processes = 20;

export const load: Figure = {
	name: 'load',
	title: 'Loading the package, in a fresh process',
	unit: 'ms',
	peer: 'limit',
	bound: { atMost: 1 },
	async measure() {
		const folder = packageFolder();
		try {
			unpackInto(folder);
			return Array.from({ length: processes }, () => ({ value: loadOnce(folder).milliseconds, peerValue: loadLimit }));
		} finally {
			rmSync(folder, { recursive: true });
		}
	},
};

/** In kB of 1000 bytes. */
const sizeLimit = 400;

export const packageSize: Figure = {
	name: 'package.size',
	title: 'The packed package',
	unit: 'kB',
	peer: 'limit',
	bound: { atMost: 1 },
	measure: async () => [{ value: statSync(packedTarball()).size / 1000, peerValue: sizeLimit }],
};
