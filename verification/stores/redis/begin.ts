import { z } from 'zod';
import { StoreUnavailableError } from '../../errors';
import { limitNames, type BeginAnswer, type BeginAttempt, type SendWindow } from '../store';
import { watch } from './dropped-messages';
import { ownsCounter, type Keyspace } from './keyspace';
import type { Decision } from './runner';
import type { Step } from './script-context';
import * as scripts from './scripts';
import { subjectOf } from './verification-document';

/** How many of a phone's verifications for one purpose are found by phone; more than a day's sends allow. */
const listed = 16;

/** How often other sends of the same phone may get in between before this one gives up. */
const rounds = 8;

/** A send counted under counters of other nodes, which no script can reach together with the phone's own. */
interface Reservation {
	counted: Array<{ key: string; moment: number }>;
	full?: { name: string; retryAfterMs: number };
}

/** Begins or continues a verification in one script, or says why not. */
export async function begin(step: Step, request: BeginAttempt): Promise<BeginAnswer> {
	const isForeign = (window: SendWindow) => step.runner.isCluster && !ownsCounter(request.phoneKey, window);
	const reservation = await reserve(step, request.phoneKey, request.windows.filter(isForeign));
	const own = request.windows.filter((window) => !isForeign(window));
	let begun = false;
	try {
		const answer = await decide(step, { ...request, windows: own }, reservation);
		begun = answer.answer === 'begun';
		return answer;
	} finally {
		if (!begun) await giveBack(step, reservation);
	}
}

async function decide(step: Step, request: BeginAttempt, { full }: Reservation): Promise<BeginAnswer> {
	const { runner, keys, now } = step;
	const { verificationId, namespace, purpose } = request;
	let known: string[] = [];
	for (let round = 0; round < rounds; round += 1) {
		const { touched, payload } = compose(keys, request, known);
		const values = [now, namespace, purpose, JSON.stringify({ ...payload, ...(full === undefined ? {} : { full }) })];
		const decision = await runner.decide(scripts.begin, touched, values);
		if (decision.word === 'begun') await pointTo(step, request, decision.now);
		if (decision.word !== 'look') return toAnswer(decision);
		known = [...new Set([...known, ...decision.details.map(String)])].filter((id) => id !== verificationId);
	}
	throw new StoreUnavailableError(
		'Other sends to this number are being made at this moment, and the verification store gave this one no turn',
		'Try again in a moment',
	);
}

/** Keys that may lie on other nodes of a cluster than the verification. */
async function pointTo(step: Step, request: BeginAttempt, begunAt: number): Promise<void> {
	const { phoneKey, verificationId, deadlineMs, tombstoneMs } = request;
	const owner = step.keys.owner(verificationId);
	const kept = String(deadlineMs + tombstoneMs);
	await Promise.all([
		...(request.continues ? [] : [step.runner.command(owner, 'SET', owner, phoneKey, 'PX', kept)]),
		watch(step, request, begunAt),
	]);
}

/** The script's keys in the order it expects them, and the request with counters named by their place among them. */
function compose(keys: Keyspace, request: BeginAttempt, known: string[]) {
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
		// What the builder wrote goes on its own: half a surrogate pair in JSON is none to Lua.
		...{ namespace: undefined, purpose: undefined },
		subject: subjectOf(request),
		known,
		listed,
		limits: limitNames,
		counters: counters.map(({ at, windowMs }) => ({ at, windowMs })),
		windows: windows.map(({ counter, ...window }) => ({ ...window, at: placeOf.get(counter) })),
	};
	return { touched, payload };
}

async function reserve({ runner, keys, now }: Step, phoneKey: string, windows: SendWindow[]): Promise<Reservation> {
	const reservation: Reservation = { counted: [] };
	for (const counter of new Set(windows.map((window) => window.counter))) {
		const ofCounter = windows.filter((window) => window.counter === counter);
		const key = keys.counter(phoneKey, counter);
		const widest = Math.max(...ofCounter.map(({ windowMs }) => windowMs));
		const limits = ofCounter.flatMap(({ limit, windowMs }) => [limit, windowMs]);
		const reply = await runner.run(scripts.reserve, [key], [now, widest, ...limits]);
		const [full, number] = z.tuple([z.number(), z.number()]).parse(reply);
		const window = ofCounter[full - 1];
		if (window === undefined) reservation.counted.push({ key, moment: number });
		else if (number > (reservation.full?.retryAfterMs ?? -1)) {
			reservation.full = { name: window.name, retryAfterMs: number };
		}
	}
	return reservation;
}

async function giveBack({ runner }: Step, { counted }: Reservation): Promise<void> {
	for (const { key, moment } of counted) await runner.run(scripts.giveBack, [key], [moment]);
}

function toAnswer(decision: Decision): BeginAnswer {
	const { word, found, details } = decision;
	const known = found === undefined ? {} : { verification: found };
	const [number, name] = details;
	switch (word) {
		case 'conflict':
			return { answer: 'conflict' };
		case 'ended':
			return { answer: 'ended', ...known };
		case 'rate_limited':
			return { answer: 'rate_limited', limit: String(name), retryAfterMs: Number(number), ...known };
		case 'cooldown':
			return { answer: 'cooldown', retryAfterMs: Number(number), verification: decision.verification };
		case 'live':
		case 'in_progress':
			return { answer: word, verification: decision.verification };
		case 'begun':
			return { answer: 'begun', isResend: number === 1, verification: decision.verification };
		case 'replayed':
			return replayed(decision);
		default:
			throw new Error(`a script answered ${word}`);
	}
}

function replayed({ verification, details: [sendId, sendNumber] }: Decision): BeginAnswer {
	const delivery = verification.deliveries.find((each) => each.sendId === sendId);
	if (delivery === undefined) throw new Error('a script answered with a send that it does not have');
	return { answer: 'replayed', verification, delivery, isResend: Number(sendNumber) > 1 };
}
