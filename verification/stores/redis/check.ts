import { nextTick } from 'node:process';
import { setImmediate as turn } from 'node:timers/promises';
import { isCodeShape } from '../../code';
import { checkResults, resultOfEnded, verificationStates, type VerificationState } from '../../state';
import type { CheckAnswer, CheckAttempt, StoredCheck } from '../store';
import { subjectOf } from './verification-document';
import { RedisReplyError } from './transport';
import { find } from './verifications';
import * as scripts from './scripts';
import type { Step } from './script-context';

/** Most checks of one script: a fifth of a millisecond, for which the server does nothing else. */
const mostAtOnce = 16;

/** Most scripts whose answers wait for a turn: where more come than there are turns, nobody waits for one. */
const mostHeld = 8;

interface Caller {
	attempt: CheckAttempt;
	answer: (answer: CheckAnswer | Promise<CheckAnswer>) => void;
	refuse: (error: unknown) => void;
}

/**
 * The checks that come in one turn of the event loop share a script, as to ask takes longer than to decide. A cluster's
 * scripts reach the keys of one phone only, so there each has its own.
 */
export class Checks {
	private readonly waiting: Caller[] = [];
	private telling: Promise<unknown> = Promise.resolve();
	/** Scripts whose callers were told nothing yet, and those of them that have an answer. */
	private asked = 0;
	private held = 0;

	/** @param open a step that begins now */
	constructor(private readonly open: () => Step) {}

	/** Evaluates an entry at most once, and only while the verification and the phone have checks left. */
	check(attempt: CheckAttempt): Promise<CheckAnswer> {
		return new Promise((answer, refuse) => {
			this.waiting.push({ attempt, answer, refuse });
			if (this.waiting.length === 1) nextTick(() => this.askAll());
		});
	}

	private askAll(): void {
		const callers = this.waiting.splice(0);
		const most = this.open().runner.isCluster ? 1 : mostAtOnce;
		// Alike in size, as a small one takes its turn like any other.
		const size = Math.ceil(callers.length / Math.ceil(callers.length / most));
		for (let i = 0; i < callers.length; i += size) void this.ask(callers.slice(i, i + size));
	}

	private async ask(callers: readonly Caller[]): Promise<void> {
		this.asked += 1;
		try {
			const replies = await decide(
				this.open(),
				callers.map(({ attempt }) => attempt),
			);
			if (this.asked > 1 && callers.length > 1 && this.held < mostHeld) await this.itsTurn();
			callers.forEach((caller, i) => this.tell(caller, replies[i] ?? ''));
		} catch (error) {
			const canAskEach = callers.length > 1 && saysUndecided(error);
			for (const caller of callers) {
				if (canAskEach) void this.ask([caller]);
				else caller.refuse(error);
			}
		} finally {
			this.asked -= 1;
		}
	}

	private tell({ attempt, answer, refuse }: Caller, reply: string): void {
		try {
			if (reply === 'absent') answer(underAnotherKey(this.open(), attempt));
			else answer(toAnswer(attempt, reply));
		} catch (error) {
			refuse(error);
		}
	}

	/**
	 * Where many wait, the callers of one script each turn, and a turn in between in which the client writes what they ask
	 * next: the server decides it while the next ones are told.
	 */
	private itsTurn(): Promise<unknown> {
		this.held += 1;
		this.telling = this.telling.then(() => turn()).then(() => turn());
		return this.telling.finally(() => (this.held -= 1));
	}
}

/** Only the script itself knows: what stands between us and the server can refuse after it has run. */
function saysUndecided(error: unknown): boolean {
	return error instanceof RedisReplyError && error.message.includes(scripts.undecided);
}

async function decide({ runner, keys, now }: Step, attempts: readonly CheckAttempt[]): Promise<string[]> {
	const touched = attempts.map(({ phoneKey }) => keys.checks(phoneKey));
	const values = [now];
	for (const [i, attempt] of attempts.entries()) {
		values.push(attempt.verificationId, candidatesOf(attempt), termsAfter(attempts[i - 1], attempt));
	}
	const reply = await runner.run(scripts.check, touched, values);
	return reply.map(String);
}

function candidatesOf({ candidates }: CheckAttempt): string {
	return candidates
		.map(({ keyId, mac, shapes }) => shapes.map((shape) => `${keyId},${shape},${mac}\n`).join(''))
		.join('');
}

/** Left out where they are those of the attempt before, as mostly. */
function termsAfter(
	before: CheckAttempt | undefined,
	{ tombstoneMs, failures, namespace, purpose }: CheckAttempt,
): string {
	const isSame =
		before?.purpose === purpose &&
		before.namespace === namespace &&
		before.tombstoneMs === tombstoneMs &&
		before.failures.limit === failures.limit &&
		before.failures.windowMs === failures.windowMs;
	return isSame ? '' : `${tombstoneMs} ${failures.limit} ${failures.windowMs} ${subjectOf({ namespace, purpose })}`;
}

/** An id is found whole or not at all; read under another key than the one it was made with, its phone differs. */
async function underAnotherKey(step: Step, { verificationId, namespace, purpose }: CheckAttempt): Promise<CheckAnswer> {
	const phoneKey = await step.pointers.phoneOf(verificationId);
	const found = phoneKey === undefined ? undefined : await find(step, phoneKey, [verificationId]);
	const isMeant = found?.namespace === namespace && found.purpose === purpose;
	return isMeant ? { result: 'key_missing', verification: found } : { result: 'not_found' };
}

const results = new Set<string>([...checkResults, 'key_missing', 'ended']);
const isResult = (word: string): word is CheckAnswer['result'] | 'ended' => results.has(word);
const states = new Set<string>(verificationStates);
const isState = (word: string): word is VerificationState => states.has(word);

/** @throws where the check failed, and where a word comes without what it needs, or with what it does not fit */
function toAnswer({ verificationId, purpose }: CheckAttempt, reply: string): CheckAnswer {
	if (reply === 'not_found') return { result: 'not_found' };
	if (reply.startsWith('failed ')) throw new RedisReplyError(reply.slice('failed '.length));
	const [word = '', wait, state = '', attempts, verifiedAt, made = '', maxAttempts, metadata = ''] = reply.split(' ');
	const [keyId = '', shape = ''] = made.split(',');
	if (!isResult(word) || !isState(state) || !isCodeShape(shape) || metadata === '')
		throw new Error(`a script answered ${word}`);
	const retryAfterMs = wholeNumber(wait);
	const approvedAt = wholeNumber(verifiedAt);
	const verification: StoredCheck = {
		verificationId,
		purpose,
		state: word === 'expired' ? 'expired' : state,
		keyId,
		shape,
		attempts: wholeNumber(attempts),
		maxAttempts: wholeNumber(maxAttempts),
		sealedMetadata: metadata === '-' ? '' : metadata,
	};
	if (approvedAt > 0) verification.verifiedAt = approvedAt;
	const result = word === 'ended' && state !== 'pending' ? resultOfEnded[state] : word;
	if (result === 'ended') throw new Error('a script called an end what is none');
	if (result === 'approved' && state !== 'approved') throw new Error('a script approved what it did not end');
	return retryAfterMs === 0 ? { result, verification } : { result, verification, retryAfterMs };
}

const digits = /^\d+$/;

function wholeNumber(word = ''): number {
	if (!digits.test(word)) throw new Error('a script answered without a number');
	return Number(word);
}
