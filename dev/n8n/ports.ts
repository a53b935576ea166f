import { createServer } from 'node:net';
import { loopback } from './settings';

/** Holds `port`, or any free port for 0. Returns its number and a function that releases it. */
function hold(port: number): Promise<{ port: number; release: () => Promise<void> }> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(port, loopback, () => {
			const address = server.address();
			if (address === null || typeof address === 'string') return reject(new Error('not a TCP port'));
			const release = (): Promise<void> => new Promise((done) => server.close(() => done()));
			resolve({ port: address.port, release });
		});
	});
}

/** Returns free ports, one for each in `wished`: the wished port if it is free, another one if not. */
export async function freePorts(wished: readonly number[]): Promise<number[]> {
	const held = [];
	for (const port of wished) held.push(await hold(port).catch(() => hold(0)));
	await Promise.all(held.map(({ release }) => release()));
	return held.map(({ port }) => port);
}

/** @throws if another program listens on the port. `variable` is the name of the setting that chose it. */
export async function expectFree(port: number | undefined, variable: string): Promise<void> {
	if (port === undefined) return;
	const [free] = await freePorts([port]);
	if (free === port) return;
	throw new Error(`Port ${port} is in use by another program. Choose another port with ${variable}.`);
}
