import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How n8n names a node of its custom folder (docs/reference/n8n-host.md, 'Loading'). */
export const idleTriggerType = 'CUSTOM.idleTrigger';

/** The least that a trigger can be: version 2, no expression, and it takes no notice of what it is told. */
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
