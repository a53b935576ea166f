import type { Keyring } from './keys';
import { phonePrefix } from './phone';
import { times, type Limits } from './policy';
import type { FailureBudget, SendWindow } from './stores/store';

const second = 1000;

/** What a send is counted under, besides its verification. */
export interface Sender {
	namespace: string;
	phoneKey: string;
	/** Folded, in E.164. */
	folded: string;
	/** Of whoever asked for the code, where the workflow knows it. */
	clientIp?: string;
}

/** The sliding windows of sends; names are what a refusal says (docs/reference/verification-rules.md 3). */
export async function sendWindows(keyring: Keyring, sender: Sender, limits: Limits): Promise<SendWindow[]> {
	const { namespace, phoneKey, folded, clientIp } = sender;
	const keyed = (kind: string, value: string) =>
		`sends ${kind} ${keyring.lookup(keyring.newest, `sends per ${kind}`, namespace, value)}`;
	const phone = `sends ${phoneKey}`;
	const caller = clientIp === undefined ? undefined : keyed('caller', await callerOf(clientIp));
	return [
		{ counter: phone, name: 'sends per phone in 10 minutes', limit: limits.perPhone10Minutes, windowMs: 600 * second },
		{ counter: phone, name: 'sends per phone in an hour', limit: limits.perPhoneHour, windowMs: 3600 * second },
		{ counter: phone, name: 'sends per phone in 24 hours', limit: limits.perPhoneDay, windowMs: 86_400 * second },
		{
			...{ counter: keyed('prefix', phonePrefix(folded)), name: 'sends per prefix in an hour' },
			...{ limit: limits.perPrefixHour, windowMs: 3600 * second },
		},
		...(caller === undefined
			? []
			: [
					{
						counter: caller,
						name: 'sends per caller IP in an hour',
						limit: limits.perCallerHour,
						windowMs: 3600 * second,
					},
				]),
	].filter(({ limit }) => limit > 0);
}

/** Failed checks of a phone over all its verifications (rule 6). */
export function failureBudget(phoneKey: string, { failedChecksPerPhone }: Limits): FailureBudget {
	return { counter: `failed ${phoneKey}`, limit: failedChecksPerPhone, windowMs: times.failedChecks };
}

/** Whoever has one address of IPv6 has its /64; what is no address at all is counted together. */
async function callerOf(clientIp: string): Promise<string> {
	const { default: ipaddr } = await import('ipaddr.js');
	const text = clientIp.trim();
	if (!ipaddr.isValid(text)) return 'no address';
	const address = ipaddr.process(text);
	if (address.kind() === 'ipv4') return address.toString();
	return address.toByteArray().slice(0, 8).join('.');
}
