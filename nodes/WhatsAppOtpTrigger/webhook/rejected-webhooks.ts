import { LoggerProxy } from 'n8n-workflow';
import type { TriggerParameters } from '../parameters';

/** How many webhooks without the right secret each trigger received since this process started. */
const counts = new Map<string, number>();

/** Logs the first rejected webhook, the tenth, the hundredth and so on, because thousands must not fill the log. */
export function countRejected({ id, node }: Pick<TriggerParameters, 'id' | 'node'>): void {
	const count = (counts.get(id) ?? 0) + 1;
	counts.set(id, count);
	if (!/^10*$/.test(String(count))) return;
	const webhooks = count === 1 ? 'A webhook' : `${count} webhooks`;
	LoggerProxy.warn(
		`WhatsApp OTP Trigger: ${webhooks} without the right secret came to '${node.name}' and started no run. ` +
			'If these were events of the provider, check the secret in the credential, ' +
			'or unpublish the workflow and publish it again',
	);
}
