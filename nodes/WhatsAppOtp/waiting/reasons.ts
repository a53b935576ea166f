import type { CheckResult } from '../../../verification';

/** Why an execution leaves by Not Verified after it has waited. */
export const waitReasons: Partial<Record<CheckResult, string>> = {
	expired: 'The right code was not entered in time',
	locked: 'Too many wrong codes were entered',
	canceled: 'The verification was canceled',
	undeliverable: 'WhatsApp could not deliver the message',
	not_found: 'The store no longer has the verification',
};
