import { randomUUID } from 'node:crypto';
import type { BenchServer } from './servers';
import { dialog360Credential, publishRow, publishWorkflow, webhookNode, type Node } from './workflows';

/** The addresses of a sign-in that a builder wires from n8n's own nodes. */
export interface HandWiredSignIn {
	/** Takes `phone`, sends a code, and answers `id`. */
	send: string;
	/** Takes `id` and `code`, and answers `verified`. */
	check: string;
}

const hash = (text: string) => `createHash('sha256').update(${text}).digest('hex')`;

/** Needs NODE_FUNCTION_ALLOW_BUILTIN=crypto. */
const makeCode: Node = {
	name: 'Code',
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: {
		jsCode: `const { createHash, randomInt, randomUUID } = require('crypto');
const { phone } = $input.first().json.body;
const code = String(randomInt(1000000)).padStart(6, '0');
const verification = randomUUID();
return [{ json: { verification, phone, code, hash: ${hash('verification + code')}, expires: Date.now() + 300000 } }];`,
	},
};

function request(credentials: Required<Node>['credentials'], url: string): Node {
	const parameter = (text: string) => ({ parameters: [{ type: 'text', text }] });
	// In the JSON around it, n8n needs single quotes.
	const code = "{{ $('Code').item.json.code }}";
	const body = {
		messaging_product: 'whatsapp',
		recipient_type: 'individual',
		to: "{{ $('Code').item.json.phone }}",
		type: 'template',
		template: {
			name: 'verification_code',
			language: { code: 'en_US' },
			components: [
				{ type: 'body', ...parameter(code) },
				{ type: 'button', sub_type: 'url', index: '0', ...parameter(code) },
			],
		},
	};
	return {
		name: 'Send',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		credentials,
		parameters: {
			method: 'POST',
			url: `${url}/messages`,
			authentication: 'predefinedCredentialType',
			nodeCredentialType: Object.keys(credentials)[0],
			sendBody: true,
			specifyBody: 'json',
			jsonBody: `=${JSON.stringify(body)}`,
			options: {},
		},
	};
}

const respond = (name: string, responseBody: string): Node => ({
	name,
	type: 'n8n-nodes-base.respondToWebhook',
	typeVersion: 1.1,
	parameters: { respondWith: 'json', responseBody, options: {} },
});

function tableNode(name: string, table: string, parameters: Record<string, unknown>): Node {
	const dataTableId = { __rl: true, mode: 'id', value: table };
	return {
		name,
		type: 'n8n-nodes-base.dataTable',
		typeVersion: 1.1,
		parameters: { resource: 'row', dataTableId, ...parameters },
	};
}

const where = (keyValue: string) => ({
	matchType: 'allConditions',
	filters: { conditions: [{ keyName: 'verification', condition: 'eq', keyValue }] },
});

const columns = (value: Record<string, unknown>) => ({ columns: { mappingMode: 'defineBelow', value } });

const insert = (table: string) =>
	tableNode('Insert', table, {
		operation: 'insert',
		...columns({
			verification: '={{ $json.verification }}',
			phone: '={{ $json.phone }}',
			hash: '={{ $json.hash }}',
			expires: '={{ $json.expires }}',
			used: false,
		}),
	});

const get = (table: string) =>
	tableNode('Get', table, { operation: 'get', limit: 1, ...where('={{ $json.body.id }}') });

const markUsed = (table: string) =>
	tableNode('Mark used', table, {
		operation: 'update',
		...where('={{ $json.verification }}'),
		...columns({ used: true }),
	});

const condition = (leftValue: string, operator: Record<string, unknown>, rightValue: unknown = '') => ({
	id: randomUUID(),
	leftValue,
	rightValue,
	operator,
});

const isRight: Node = {
	name: 'If',
	type: 'n8n-nodes-base.if',
	typeVersion: 2.2,
	parameters: {
		conditions: {
			options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
			combinator: 'and',
			conditions: [
				condition(
					"={{ ($json.verification + $('Webhook').item.json.body.code).hash('sha256') }}",
					{ type: 'string', operation: 'equals' },
					'={{ $json.hash }}',
				),
				condition('={{ $json.used }}', { type: 'boolean', operation: 'false', singleValue: true }),
				condition('={{ $json.expires }}', { type: 'number', operation: 'gt' }, '={{ Date.now() }}'),
			],
		},
		options: {},
	},
};

/** Publishes both workflows with a new table. No execution is saved. */
export async function publishHandWired(server: BenchServer): Promise<HandWiredSignIn> {
	const { n8n, provider } = server;
	const credentials = await dialog360Credential(server);
	const table = await n8n.api.createDataTable(`verifications ${randomUUID()}`, {
		verification: 'string',
		phone: 'string',
		hash: 'string',
		expires: 'number',
		used: 'boolean',
	});
	const webhook = { responseMode: 'responseNode' };
	const sending = [
		webhookNode('hand-send', webhook),
		makeCode,
		insert(table),
		request(credentials, provider.url),
		respond('Respond', "={{ { id: $('Code').item.json.verification } }}"),
	];
	const yes = respond('Yes', '={{ { verified: true } }}');
	const no = respond('No', '={{ { verified: false } }}');
	const checking = [webhookNode('hand-check', webhook), get(table), isRight, markUsed(table), yes, no];
	return {
		send: await publishRow(n8n, 'hand-send', sending),
		check: await publishWorkflow(n8n, 'hand-check', checking, {
			Webhook: [['Get']],
			Get: [['If']],
			If: [['Mark used'], ['No']],
			'Mark used': [['Yes']],
		}),
	};
}
