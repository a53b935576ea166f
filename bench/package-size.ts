import { statSync } from 'node:fs';
import { packedTarball } from '../dev/tarball';
import type { Figure } from './support/figure';

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
