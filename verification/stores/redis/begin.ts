import { StoreUnavailableError } from '../../errors';
import { limitNames, type BeginAnswer, type BeginAttempt, type CountedWindow } from '../store';
import { watch } from './dropped-messages';
import { ownsCounter, type Keyspace } from './keyspace';
import { giveBack, reserve, type Reservation } from './reservation';
import type { Decision } from './runner';
import type { ScriptContext } from './script-context';
import * as scripts from './scripts';
import { subjectOf } from './verification-document';

/** Verifications of one phone and purpose that a look-up by phone can find. */
const maxListed = 16;

/** How often other sends to the same phone may come in between before this one gives up. */
const maxRounds = 8;

/** Begins or continues a verification in one script, or says why not. */
export async function begin(context: ScriptContext, request: BeginAttempt): Promise<BeginAnswer> {
	const isElsewhere = (window: CountedWindow) => context.runner.isCluster && !ownsCounter(request.phoneKey, window);
	const reservation = await reserve(context, request.phoneKey, request.windows.filter(isElsewhere));
	const ownWindows = request.windows.filter((window) => !isElsewhere(window));
	let hasBegun = false;
	try {
		const answer = await decide(context, { ...request, windows: ownWindows }, reservation);
		hasBegun = answer.answer === 'begun';
		return answer;
	} finally {
		if (!hasBegun) await giveBack(context, reservation);
	}
}

async function decide(context: ScriptContext, request: BeginAttempt, { full }: Reservation): Promise<BeginAnswer> {
	const { runner, keys, now } = context;
	const { verificationId, namespace, purpose } = request;
	let known: string[] = [];
	for (let round = 0; round < maxRounds; round += 1) {
		const { touched, payload } = composeRequest(keys, request, known);
		const values = [now, namespace, purpose, JSON.stringify({ ...payload, full })];
		const decision = await runner.decide(scripts.begin, touched, values);
		if (decision.word === 'begun') await writeLookups(context, request, decision.now);
		if (decision.word !== 'look') return toAnswer(decision);
		known = [...new Set([...known, ...decision.details.map(String)])].filter((id) => id !== verificationId);
	}
	throw new StoreUnavailableError(
		'Too many other sends to this number were made at the same time',
		'Try again in a moment',
	);
}

/** Writes the keys that may lie on other nodes of a cluster than the verification. */
async function writeLookups(context: ScriptContext, request: BeginAttempt, begunAt: number): Promise<void> {
	const { phoneKey, verificationId, deadlineMs, tombstoneMs } = request;
	const owner = context.keys.owner(verificationId);
	const ttl = String(deadlineMs + tombstoneMs);
	await Promise.all([
		request.continues ? undefined : context.runner.command(owner, 'SET', owner, phoneKey, 'PX', ttl),
		watch(context, request, begunAt),
	]);
}

/** The script's keys in the order that it expects, and the request with the place of each counter among them. */
function composeRequest(keys: Keyspace, request: BeginAttempt, known: string[]) {
	const { phoneKey, purpose, windows, idempotency } = request;
	const touched = [
		keys.verification(phoneKey, request.verificationId),
		keys.newest(phoneKey, purpose),
		keys.idempotency(phoneKey, idempotency.key),
		keys.send(phoneKey, request.sendId),
		keys.checks(phoneKey),
	];
	const widest = new Map<string, number>();
	for (const { counter, windowMs } of windows) widest.set(counter, Math.max(windowMs, widest.get(counter) ?? 0));
	const counters = [...widest].map(([counter, windowMs], i) => ({ counter, windowMs, at: touched.length + 1 + i }));
	const placeOf = new Map(counters.map(({ counter, at }) => [counter, at]));
	touched.push(...counters.map(({ counter }) => keys.counter(phoneKey, counter)));
	touched.push(...known.map((id) => keys.verification(phoneKey, id)));
	const payload = {
		...request,
		// The builder's texts are arguments apart from the JSON: Lua's JSON parser refuses half a surrogate pair.
		namespace: undefined,
		purpose: undefined,
		subject: subjectOf(request),
		known,
		maxListed,
		limits: limitNames,
		counters: counters.map(({ at, windowMs }) => ({ at, windowMs })),
		windows: windows.map(({ counter, ...window }) => ({ ...window, at: placeOf.get(counter) })),
	};
	return { touched, payload };
}

function toAnswer(decision: Decision): BeginAnswer {
	const { word, found: verification, details } = decision;
	const [number, name] = details;
	switch (word) {
		case 'conflict':
			return { answer: 'conflict' };
		case 'ended':
			return { answer: 'ended', verification };
		case 'rate_limited':
			return { answer: 'rate_limited', limit: String(name), retryAfterMs: Number(number), verification };
		case 'cooldown':
			return { answer: 'cooldown', retryAfterMs: Number(number), verification };
		case 'in_progress':
			return { answer: word, verification: decision.verification };
		case 'begun':
			return { answer: 'begun', isResend: number === 1, verification: decision.verification };
		case 'replayed':
			return toReplayed(decision);
		default:
			throw new Error(`The begin script answered '${word}'`);
	}
}

function toReplayed({ verification, details: [sendId, sendNumber] }: Decision): BeginAnswer {
	const delivery = verification.deliveries.find((each) => each.sendId === sendId);
	if (delivery === undefined) throw new Error('The begin script named a send that its verification does not have');
	return { answer: 'replayed', verification, delivery, isResend: Number(sendNumber) > 1 };
}
