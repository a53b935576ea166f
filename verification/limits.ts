import type { Keyring } from './keys';
import { phonePrefix } from './phone';
import { times, type Limits } from './policy';
import type { FailureBudget, SendWindow } from './stores/store';

const second = 1000;

/** What a send is counted by, in addition to its verification. */
export interface Sender {
	namespace: string;
	phoneKey: string;
	/** Folded, in E.164. */
	folded: string;
	/** The IP address of the person who asks for the code, if the workflow passes one. */
	clientIp?: string;
}

/** The sliding windows of sends (docs/reference/verification-rules.md 3). A refusal quotes the window's name. */
export async function sendWindows(keyring: Keyring, sender: Sender, limits: Limits): Promise<SendWindow[]> {
	const { namespace, phoneKey, folded, clientIp } = sender;
	const keyed = (kind: string, value: string) =>
		`sends ${kind} ${keyring.lookup(keyring.newest, `sends per ${kind}`, namespace, value)}`;
	const phone = `sends ${phoneKey}`;
	const prefix = keyed('prefix', phonePrefix(folded));
	const hour = 3600 * second;
	const windows: SendWindow[] = [
		{ counter: phone, name: 'sends per phone in 10 minutes', limit: limits.perPhone10Minutes, windowMs: 600 * second },
		{ counter: phone, name: 'sends per phone in an hour', limit: limits.perPhoneHour, windowMs: hour },
		{ counter: phone, name: 'sends per phone in 24 hours', limit: limits.perPhoneDay, windowMs: 24 * hour },
		{ counter: prefix, name: 'sends per prefix in an hour', limit: limits.perPrefixHour, windowMs: hour },
	];
	if (clientIp !== undefined) {
		const caller = keyed('caller', await callerOf(clientIp));
		windows.push({
			counter: caller,
			name: 'sends per caller IP in an hour',
			limit: limits.perCallerHour,
			windowMs: hour,
		});
	}
	return windows.filter(({ limit }) => limit > 0);
}

/** Failed checks of a phone, over all its verifications (docs/reference/verification-rules.md 1.6). */
export function failureBudget(phoneKey: string, { failedChecksPerPhone }: Limits): FailureBudget {
	return { counter: `failed ${phoneKey}`, limit: failedChecksPerPhone, windowMs: times.failedChecks };
}

/** One person usually has a whole /64 of IPv6. Everything that is not an address counts as one caller. */
async function callerOf(clientIp: string): Promise<string> {
	const { default: ipaddr } = await import('ipaddr.js');
	const text = clientIp.trim();
	if (!ipaddr.isValid(text)) return 'no address';
	const address = ipaddr.process(text);
	if (address.kind() === 'ipv4') return address.toString();
	return address.toByteArray().slice(0, 8).join('.');
}
