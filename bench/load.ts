import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { installN8n } from '../dev/n8n/install';
import { packageFolder, unpackInto } from '../dev/tarball';
import type { Figure, Sample } from './support/figure';
import { loadOnce } from './support/load-once';

const rounds = 15;

/** n8n's nodes for the same work: WhatsApp messages, their webhooks, and another provider of codes. */
const peerFiles = [
	'dist/nodes/WhatsApp/WhatsApp.node.js',
	'dist/nodes/WhatsApp/WhatsAppTrigger.node.js',
	'dist/nodes/Twilio/Twilio.node.js',
	'dist/credentials/WhatsAppApi.credentials.js',
	'dist/credentials/WhatsAppTriggerApi.credentials.js',
	'dist/credentials/TwilioApi.credentials.js',
];

export const load: Figure = {
	name: 'load',
	title: 'Loading the package, in a new process',
	unit: 'ms',
	peer: "n8n's WhatsApp Business Cloud, WhatsApp Trigger and Twilio nodes, loaded the same way",
	bound: { atMost: 1 },
	async measure() {
		const modules = join((await installN8n()).folder, 'node_modules');
		const options = { modules, first: ['n8n-workflow', 'n8n-core'] };
		const folder = packageFolder();
		try {
			unpackInto(folder);
			const samples: Sample[] = [];
			const ours = () => loadOnce(folder, options).milliseconds;
			const peers = () => loadOnce(join(modules, 'n8n-nodes-base'), { ...options, files: peerFiles }).milliseconds;
			// The first round brings the files into the memory of the system.
			for (let round = 0; round <= rounds; round += 1) {
				const sample = { value: ours(), peerValue: peers() };
				if (round > 0) samples.push(sample);
			}
			return samples;
		} finally {
			rmSync(folder, { recursive: true });
		}
	},
};
