import { nextTick } from 'node:process';
import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';

import { checkResults, resultOfEnded, verificationStates } from '../../state';
import type { CheckAnswer, CheckAttempt } from '../store';
import { codeShape } from './document';
import { RedisReplyError } from './link';
import { find } from './records';
import * as scripts from './scripts';
import type { Step } from './step';

/** Most checks of one script: a quarter of a millisecond, for which the server does nothing else. */
const mostAtOnce = 16;

interface Caller {
	attempt: CheckAttempt;
	answer(reply: Reply): void;
	refuse(error: unknown): void;
}

type Reply = Array<string | number>;

/**
 * The checks that come in one turn of the event loop share a script, as to ask takes longer than to decide. A cluster's
 * scripts reach the keys of one phone only, so there each has its own.
 */
export class Checks {
	private readonly waiting: Caller[] = [];
	private telling: Promise<unknown> = Promise.resolve();

	/** @param open a step that begins now */
	constructor(private readonly open: () => Step) {}

	/** Evaluates an entry at most once, and only while the verification and the phone have checks left. */
	async check(attempt: CheckAttempt): Promise<CheckAnswer> {
		const reply = await new Promise<Reply>((answer, refuse) => {
			this.waiting.push({ attempt, answer, refuse });
			if (this.waiting.length === 1) nextTick(() => this.askAll());
		});
		const [word, reason] = reply;
		if (word === 'failed') throw new RedisReplyError(String(reason));
		if (word === 'absent') return await underAnotherKey(this.open(), attempt);
		return word === 'not_found' ? { result: 'not_found' } : toAnswer(attempt, reply);
	}

	private askAll(): void {
		const callers = this.waiting.splice(0);
		const size = this.open().runner.isCluster ? 1 : mostAtOnce;
		for (let i = 0; i < callers.length; i += size) void this.ask(callers.slice(i, i + size));
	}

	private async ask(callers: readonly Caller[]): Promise<void> {
		try {
			const replies = await decide(this.open(), callers.map(({ attempt }) => attempt));
			if (callers.length === mostAtOnce) await this.itsTurn();
			callers.forEach((caller, i) => caller.answer(replies[i] ?? []));
		} catch (error) {
			const canAskEach = callers.length > 1 && saysUndecided(error);
			for (const caller of callers) {
				if (canAskEach) void this.ask([caller]);
				else caller.refuse(error);
			}
		}
	}

	/** Where many wait, those of one script each turn: meanwhile the server decides what those before them ask next. */
	private itsTurn(): Promise<unknown> {
		this.telling = this.telling.then(() => turn());
		return this.telling;
	}
}

/** Only the script itself knows: what stands between us and the server can refuse after it has run. */
function saysUndecided(error: unknown): boolean {
	return error instanceof RedisReplyError && error.message.includes(scripts.undecided);
}

async function decide({ runner, keys, now }: Step, attempts: readonly CheckAttempt[]): Promise<Reply[]> {
	return await runner.runMany(
		scripts.check,
		attempts.flatMap(({ phoneKey, verificationId, failures }) => [
			keys.verification(phoneKey, verificationId),
			keys.counter(phoneKey, failures.counter),
		]),
		[
			now,
			...attempts.flatMap(({ namespace, purpose, candidates, failures, tombstoneMs }) => {
				const entered = byMac(candidates);
				return [entered.length / 3, namespace, purpose, tombstoneMs, failures.limit, failures.windowMs, ...entered];
			}),
		],
	);
}

/** Key id, MAC and shapes of each: most entries have several shapes, and one MAC for all of them. */
function byMac(candidates: CheckAttempt['candidates']): string[] {
	const shapes = new Map<string, { keyId: string; shapes: string }>();
	for (const { keyId, shape, mac } of candidates) {
		shapes.set(mac, { keyId, shapes: `${shapes.get(mac)?.shapes ?? ' '}${shape} ` });
	}
	return [...shapes].flatMap(([mac, { keyId, shapes }]) => [keyId, mac, shapes]);
}

/** An id is found whole or not at all; read under another key than the one it was made with, its phone differs. */
async function underAnotherKey(step: Step, { verificationId, namespace, purpose }: CheckAttempt): Promise<CheckAnswer> {
	const phoneKey = await step.pointers.phoneOf(verificationId);
	const found = phoneKey === undefined ? undefined : await find(step, phoneKey, [verificationId]);
	const isMeant = found?.namespace === namespace && found.purpose === purpose;
	return isMeant ? { result: 'key_missing', verification: found } : { result: 'not_found' };
}

const decided = z.enum([...checkResults, 'key_missing', 'ended']);
const number = z.number();
const text = z.string();
const state = z.enum(verificationStates);
const kept = z.tuple([decided, number, state, number, number, text, codeShape, number, text]);

/** @throws where a word comes without what it needs, or with what it does not fit */
function toAnswer({ verificationId, purpose }: CheckAttempt, reply: Reply): CheckAnswer {
	const [word, retryAfterMs, state, attempts, maxAttempts, keyId, shape, verifiedAt, sealedMetadata] = kept.parse(reply);
	const approvedAt = verifiedAt === 0 ? {} : { verifiedAt };
	const verification = { verificationId, purpose, state, attempts, maxAttempts, keyId, shape, sealedMetadata, ...approvedAt };
	const result = word === 'ended' && state !== 'pending' ? resultOfEnded[state] : word;
	if (result === 'ended') throw new Error('a script called an end what is none');
	if (result === 'approved' && state !== 'approved') throw new Error('a script approved what it did not end');
	return { result, verification, ...(retryAfterMs === 0 ? {} : { retryAfterMs }) };
}
