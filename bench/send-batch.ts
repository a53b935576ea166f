import { inTurns, type Figure } from './support/figure';
import { postTo } from './support/load-client';
import { newPhone } from './support/phones';
import type { BenchServer } from './support/servers';
import { latency } from './support/slow-provider';
import { dialog360Credential, otpType, publishRow, webhookNode } from './support/workflows';

const items = 1000;
const rounds = 5;

const splitOut = {
	name: 'Numbers',
	type: 'n8n-nodes-base.splitOut',
	typeVersion: 1,
	parameters: { fieldToSplitOut: 'body.phones', options: { destinationFieldName: 'to' } },
};

const template = { name: 'verification_code', language: 'en_US' };

/** The same body that the package sends. */
const body = JSON.stringify({
	messaging_product: 'whatsapp',
	recipient_type: 'individual',
	to: 'PHONE',
	type: 'template',
	template: {
		name: template.name,
		language: { code: template.language },
		components: [
			{ type: 'body', parameters: [{ type: 'text', text: '123456' }] },
			{ type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '123456' }] },
		],
	},
	biz_opaque_callback_data: 'A'.repeat(32),
});

async function addresses(server: BenchServer) {
	const { n8n, provider } = server;
	const credentials = await dialog360Credential(server);
	const webhook = { responseMode: 'lastNode', responseData: 'noData' };
	const send = {
		name: 'Send',
		type: otpType,
		typeVersion: 1,
		credentials,
		parameters: {
			...{
				provider: 'dialog360',
				resource: 'otp',
				operation: 'send',
				to: '={{ $json.to }}',
				language: template.language,
			},
			template: { __rl: true, mode: 'name', value: template.name },
			// All at the same time, like the HTTP Request node.
			options: { messagesPerSecond: 0, concurrency: items },
		},
	};
	const request = {
		name: 'Request',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		credentials,
		parameters: {
			method: 'POST',
			url: `${provider.url}/messages`,
			sendBody: true,
			specifyBody: 'json',
			authentication: 'predefinedCredentialType',
			nodeCredentialType: Object.keys(credentials)[0],
			jsonBody: `=${body.replace('PHONE', '{{ $json.to }}')}`,
			options: {},
		},
	};
	return {
		ours: await publishRow(n8n, 'send', [webhookNode('send', webhook), splitOut, send]),
		peers: await publishRow(n8n, 'request', [webhookNode('request', webhook), splitOut, request]),
	};
}

export const sendBatch: Figure = {
	name: 'send.batch',
	title: `Codes sent by one run of ${items} items, without a rate limit, at a provider that takes ${latency} ms`,
	unit: 'messages/s',
	peer: "n8n's HTTP Request node making the same calls",
	bound: { atLeast: 0.8 },
	async measure(servers) {
		const server = await servers.recommended();
		const { provider } = server;
		const { ours, peers } = await addresses(server);
		const run = async (address: string, phones: string[]) => {
			await postTo(address, { phones }, { timeout: 120_000 });
			const messages = provider.takeMessages();
			if (messages !== items) throw new Error(`The provider received ${messages} messages instead of ${items}`);
		};
		const prepare = () => {
			const phones = Array.from({ length: items }, newPhone);
			return { ours: [() => run(ours, phones)], peers: [() => run(peers, phones)] };
		};
		return await inTurns(rounds, prepare, (milliseconds) => (1000 * items) / milliseconds);
	},
};
