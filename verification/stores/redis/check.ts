import { z } from 'zod';

import { checkResults, resultOfEnded, verificationStates } from '../../state';
import type { CheckAnswer, CheckAttempt } from '../store';
import { find } from './records';
import { codeShape } from './document';
import * as scripts from './scripts';
import type { Step } from './step';

/** Evaluates an entry at most once, and only while the verification and the phone have checks left. */
export async function check(step: Step, attempt: CheckAttempt): Promise<CheckAnswer> {
	const { namespace, phoneKey, verificationId, purpose, candidates, failures, tombstoneMs } = attempt;
	const reply = await step.runner.run(
		scripts.check,
		[step.keys.verification(phoneKey, verificationId), step.keys.counter(phoneKey, failures.counter)],
		[
			...[step.now, namespace, purpose, tombstoneMs, failures.limit, failures.windowMs],
			...candidates.flatMap(({ keyId, shape, mac }) => [keyId, shape, mac]),
		],
	);
	const [word] = reply;
	if (word === 'absent') return underAnotherKey(step, attempt);
	return word === 'not_found' ? { result: 'not_found' } : toAnswer(attempt, reply);
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
const kept = z.tuple([decided, number, number, state, number, number, text, codeShape, number, text]);

/** @throws where a word comes without what it needs, or with what it does not fit */
function toAnswer({ verificationId, purpose }: CheckAttempt, reply: unknown): CheckAnswer {
	const [word, , retryAfterMs, state, attempts, maxAttempts, keyId, shape, verifiedAt, sealedMetadata] = kept.parse(reply);
	const approvedAt = verifiedAt === 0 ? {} : { verifiedAt };
	const verification = { verificationId, purpose, state, attempts, maxAttempts, keyId, shape, sealedMetadata, ...approvedAt };
	const result = word === 'ended' && state !== 'pending' ? resultOfEnded[state] : word;
	if (result === 'ended') throw new Error('a script called an end what is none');
	if (result === 'approved' && state !== 'approved') throw new Error('a script approved what it did not end');
	return { result, verification, ...(retryAfterMs === 0 ? {} : { retryAfterMs }) };
}
