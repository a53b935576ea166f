import { createServer } from 'node:net';
import { LOOPBACK } from './settings';

/** Holds `port`, or with 0 any free one, and answers its number and how to let it go. */
function hold(port: number): Promise<{ port: number; release: () => Promise<void> }> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(port, LOOPBACK, () => {
			const address = server.address();
			if (address === null || typeof address === 'string') return reject(new Error('not a TCP port'));
			const release = (): Promise<void> => new Promise((done) => server.close(() => done()));
			resolve({ port: address.port, release });
		});
	});
}

/** As many different ports that nobody listens on; each the one `wished` for where that is free. */
export async function freePorts(wished: readonly number[]): Promise<number[]> {
	const held = [];
	for (const port of wished) held.push(await hold(port).catch(() => hold(0)));
	await Promise.all(held.map(({ release }) => release()));
	return held.map(({ port }) => port);
}
