import type { Keyring } from './keys';
import { phonePrefix } from './phone';
import { failedChecksPerRest, times, type Limits } from './policy';
import type { FailureBudget, CountedWindow } from './stores/store';

const second = 1000;
const hour = 3600 * second;

/** What a send is counted by, in addition to its verification. */
export interface Sender {
	namespace: string;
	phoneKey: string;
	/** Folded, in E.164. */
	folded: string;
	/** The IP address of the person who asks for the code, if the workflow passes one. */
	clientIp?: string;
}

/** A limit that the caller of the engine adds for sends that have something in common. */
export interface AddedLimit {
	/** A refusal quotes it. */
	name: string;
	/** What the counted sends have in common, for example one proof of work. */
	of: string;
	limit: number;
	windowMs: number;
}

/** The sliding windows of sends (docs/reference/verification-rules.md 3). A refusal quotes the window's name. */
export async function sendWindows(keyring: Keyring, sender: Sender, limits: Limits): Promise<CountedWindow[]> {
	const { namespace, phoneKey, folded, clientIp } = sender;
	const keyed = (kind: string, value: string) =>
		`sends ${kind} ${keyring.lookup(keyring.newest, `sends per ${kind}`, namespace, value)}`;
	const phone = `sends ${phoneKey}`;
	const prefix = keyed('prefix', await phonePrefix(folded));
	const windows: CountedWindow[] = [
		{ counter: phone, name: 'sends per phone in 10 minutes', limit: limits.perPhone10Minutes, windowMs: 600 * second },
		{ counter: phone, name: 'sends per phone in an hour', limit: limits.perPhoneHour, windowMs: hour },
		{ counter: phone, name: 'sends per phone in 24 hours', limit: limits.perPhoneDay, windowMs: 24 * hour },
		{ counter: prefix, name: 'sends per prefix in an hour', limit: limits.perPrefixHour, windowMs: hour },
	];
	const all = `sends total ${keyring.lookup(keyring.newest, 'sends total', namespace)}`;
	windows.push(
		{ counter: all, name: 'sends of all numbers in an hour', limit: limits.totalHour, windowMs: hour },
		{ counter: all, name: 'sends of all numbers in 24 hours', limit: limits.totalDay, windowMs: 24 * hour },
	);
	if (clientIp !== undefined) {
		const name = 'sends per caller IP in an hour';
		windows.push(...(await callerWindows(keyring, namespace, clientIp, { name, limit: limits.perCallerHour })));
	}
	return windows.filter(({ limit }) => limit > 0);
}

export function addedWindows(keyring: Keyring, namespace: string, added: readonly AddedLimit[]): CountedWindow[] {
	return added.map(({ name, of, limit, windowMs }) => {
		const counter = `sends added ${keyring.lookup(keyring.newest, 'sends added', namespace, name, of)}`;
		return { counter, name, limit, windowMs };
	});
}

/** Failed checks of a caller, over all phones (docs/reference/verification-rules.md 1.6). */
export async function failedCallerWindows(
	keyring: Keyring,
	{ namespace, callerIp }: { namespace: string; callerIp?: string },
	{ failedChecksPerCallerHour: limit }: Limits,
): Promise<CountedWindow[]> {
	if (callerIp === undefined || limit === 0) return [];
	return await callerWindows(keyring, namespace, callerIp, { name: 'failed checks per caller IP in an hour', limit });
}

async function callerWindows(
	keyring: Keyring,
	namespace: string,
	address: string,
	{ name, limit }: { name: string; limit: number },
): Promise<CountedWindow[]> {
	const { caller, network } = await callerOf(address);
	const windowOf = (kind: string, key: string, most: number) => {
		const counter = `${name} ${keyring.lookup(keyring.newest, name, namespace, kind, key)}`;
		return { counter, name, limit: most, windowMs: hour };
	};
	const own = windowOf('caller', caller, limit);
	return network === undefined ? [own] : [own, windowOf('network', network, networkFactor * limit)];
}

/** Failed checks of a phone, over all its verifications (docs/reference/verification-rules.md 1.6). */
export function failureBudget(phoneKey: string, { failedChecksPerPhone }: Limits): FailureBudget {
	const { failedChecks: windowMs, rest: restMs, maxRest: maxRestMs } = times;
	const counter = `failed ${phoneKey}`;
	return { counter, limit: failedChecksPerPhone, windowMs, every: failedChecksPerRest, restMs, maxRestMs };
}

/** How many times as much as one caller a network of IPv6 may do. */
const networkFactor = 4;

/**
 * One person usually has a whole /64 of IPv6, and can often get a /48. Everything that is not an address counts as one
 * caller, also an empty text: then an address was expected and is missing.
 */
async function callerOf(clientIp: string): Promise<{ caller: string; network?: string }> {
	const { default: ipaddr } = await import('ipaddr.js');
	const text = clientIp.trim();
	if (!ipaddr.isValid(text)) return { caller: 'no address' };
	const address = ipaddr.process(text);
	if (address.kind() === 'ipv4') return { caller: address.toString() };
	const bytes = address.toByteArray();
	return { caller: bytes.slice(0, 8).join('.'), network: bytes.slice(0, 6).join('.') };
}
