import type { WebhookSender } from './webhook-senders';

type Provider = Pick<WebhookSender, 'account' | 'provider'>;

/** A workflow that sends a code when its webhook is called, and has a trigger for the delivery events. */
export function sendAndListenWorkflow(
	{ account, provider }: Provider,
	credential: Record<string, { id: string; name: string }>,
) {
	const node = (name: string, type: string, typeVersion: number, more: object) => ({
		name,
		type,
		typeVersion,
		position: [0, 0],
		...more,
	});
	const template = { __rl: true, mode: 'name', value: 'verification_code' };
	const sending = { provider, resource: 'otp', operation: 'send', to: '={{ $json.body.to }}', template };
	const webhook = { httpMethod: 'POST', path: `send-${account}`, responseMode: 'lastNode' };
	return {
		name: `Send and hear by ${account}`,
		nodes: [
			node('Asked', 'n8n-nodes-base.webhook', 2, { parameters: webhook, webhookId: `send-${account}` }),
			node('Send', 'n8n-nodes-whatsapp-otp.whatsAppOtp', 1, { parameters: sending, credentials: credential }),
			node('WhatsApp tells', 'n8n-nodes-whatsapp-otp.whatsAppOtpTrigger', 2, {
				parameters: { provider, events: ['message.sent', 'message.delivered'], options: {} },
				credentials: credential,
				webhookId: `hear-${account}`,
			}),
			// Answers the webhook: n8n takes the answer from the first output of the last node.
			node('On its way', 'n8n-nodes-base.noOp', 1, {}),
			node('Heard', 'n8n-nodes-base.noOp', 1, {}),
		],
		connections: {
			Asked: { main: [[{ node: 'Send', type: 'main', index: 0 }]] },
			Send: { main: [[], [{ node: 'On its way', type: 'main', index: 0 }]] },
			'WhatsApp tells': { main: [[{ node: 'Heard', type: 'main', index: 0 }]] },
		},
		settings: { executionOrder: 'v1' },
	};
}
