import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { request as forward } from 'node:http';
import { createServer } from 'node:https';
import { z } from 'zod';

/** One element of DER: tag, length, content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
	const content = Buffer.concat(parts);
	const { length } = content;
	const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
	return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const hex = (text: string) => Buffer.from(text, 'hex');
const utcTime = (year: string) => der(0x17, Buffer.from(`${year}0101000000Z`));

/** ecdsa-with-SHA256; its parameters are absent. */
const algorithm = sequence(hex('06082a8648ce3d040302'));
const name = sequence(der(0x31, sequence(hex('0603550403'), der(0x0c, Buffer.from('127.0.0.1')))));
/** subjectAltName: the IP address 127.0.0.1. */
const extensions = der(0xa3, sequence(sequence(hex('0603551d11'), der(0x04, sequence(hex('87047f000001'))))));

/** A self-signed certificate, as PEM. */
function certificate(publicKey: KeyObject, privateKey: KeyObject): string {
	const version = der(0xa0, hex('020102'));
	const validity = sequence(utcTime('20'), utcTime('49'));
	const key = publicKey.export({ type: 'spki', format: 'der' });
	const body = sequence(version, hex('020101'), algorithm, name, validity, name, key, extensions);
	const signature = der(0x03, hex('00'), sign('sha256', body, privateKey));
	const text = sequence(body, algorithm, signature).toString('base64');
	return `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
}

/** A server on loopback with a self-signed certificate. It forwards all requests to `target`. */
export async function startSelfSigned(target: string) {
	const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const cert = certificate(publicKey, privateKey);
	const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
	const server = createServer({ key, cert }, (incoming, outgoing) => {
		const { method = 'GET', headers, url = '/' } = incoming;
		const onward = forward(new URL(url, target), { method, headers }, (answer) => {
			outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(outgoing);
		});
		onward.on('error', () => outgoing.destroy());
		incoming.pipe(onward);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = z.object({ port: z.number() }).parse(server.address());
	return {
		url: `https://127.0.0.1:${port}`,
		stop: () =>
			new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
