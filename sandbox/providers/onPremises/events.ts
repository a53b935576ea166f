import type { StatusChange } from '../../status-schedule';
import { webhookError } from './errors';

/** The body of a status webhook: the list stands at the top level (docs/reference/providers.md 2.6). */
export function statusEvent(changes: StatusChange[], unknownFields: boolean): unknown {
	return {
		statuses: changes.map(({ message, status, at }) => ({
			id: message.id,
			status,
			timestamp: String(Math.floor(at / 1000)),
			recipient_id: message.to,
			...(status === 'failed' &&
				message.error && {
					errors: [webhookError(message.error.code, message.error.details)],
					message: { recipient_id: `+${message.to}` },
					type: 'message',
				}),
			...(unknownFields && { orbit: { planet: 'Mars', turns: 3 } }),
		})),
	};
}
