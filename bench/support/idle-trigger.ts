import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The type name that n8n gives a node of its custom folder (docs/reference/n8n-host.md, 'Loading'). */
export const idleTriggerType = 'CUSTOM.idleTrigger';

/** The smallest possible trigger: version 2, no expression. It ignores every webhook. */
const source = `'use strict';
exports.IdleTrigger = class IdleTrigger {
	description = {
		displayName: 'Idle Trigger',
		name: 'idleTrigger',
		group: ['trigger'],
		version: 2,
		description: 'Does nothing',
		defaults: { name: 'Idle Trigger' },
		inputs: [],
		outputs: ['main'],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', responseData: '', path: 'webhook' }],
		properties: [],
	};

	async webhook() {
		return {};
	}
};
`;

export function writeIdleTrigger(folder: string): void {
	writeFileSync(join(folder, 'IdleTrigger.node.js'), source);
}
