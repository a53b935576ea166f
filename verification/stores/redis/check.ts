import { isCodeShape } from '../../code';
import { checkResults, resultOfEnded, verificationStates, type VerificationState } from '../../state';
import type {
	CheckAnswer,
	CheckAttempt,
	CheckTerms,
	EnteredCode,
	OtherVerifications,
	PhoneCheckAttempt,
	StoredCheck,
} from '../store';
import { Batch } from './batch';
import type { Keyspace } from './keyspace';
import { giveBack, reserve } from './reservation';
import type { ScriptContext } from './script-context';
import * as scripts from './scripts';
import { RedisReplyError } from './transport';
import { subjectOf } from './verification-document';
import { find } from './verifications';

/** Checks of one script. A script of this size keeps the server from all other work for a fifth of a millisecond. */
const maxBatchSize = 16;

/** The answer of the script to one check. */
interface Reply {
	word: string;
	waitMs: number;
	/** What scripts/parts/evaluation.ts writes about the verification, or a reason. */
	text: string;
}

/** Checks entries. Checks of one turn of the event loop share a script. */
export class Checks {
	private readonly batch = new Batch(maxBatchSize, (attempts: readonly CheckAttempt[]) =>
		decideAll(this.context(), attempts),
	);

	/** @param context of a step that begins now */
	constructor(private readonly context: () => ScriptContext) {}

	/** Evaluates an entry at most once, and only while the verification and the phone have checks left. */
	async check(attempt: CheckAttempt): Promise<CheckAnswer> {
		const reply = await this.decide(attempt);
		return reply.word === 'absent' ? await answerAbsent(this.context(), attempt) : toAnswer(attempt, reply);
	}

	/** On a cluster a script reaches the keys of one phone only, so each check has its own script. */
	private decide(attempt: CheckAttempt): Promise<Reply> {
		const context = this.context();
		return context.runner.isCluster ? decideAlone(context, attempt) : this.batch.add(attempt);
	}
}

/** Evaluates an entry for all pending verifications of a phone and purpose. */
export async function checkPhone(
	context: ScriptContext,
	attempt: PhoneCheckAttempt,
): Promise<CheckAnswer | OtherVerifications> {
	const { runner, keys, now, lookups } = context;
	const { phoneKey, purpose, entered, tombstoneMs } = attempt;
	const [word, ...details] = await countedFirst(context, attempt, async (callers) => {
		const touched = [keys.checks(phoneKey)];
		const windows = callersOf(keys, { phoneKey, callers }, touched);
		const terms = [now, subjectOf(attempt), tombstoneMs, budgetOf(attempt), windows];
		const codes = entered.flatMap((each) => [each.verificationId, candidatesOf(each)]);
		const answer = await runner.run(scripts.checkPhone, touched, [...terms, ...codes]);
		return { answer, hasFailed: answer[0] === 'invalid_code' || answer[0] === 'locked' };
	});
	if (word === 'look') return { pending: details.map(String) };
	if (word !== 'none') return toPhoneAnswer(attempt, word, details);
	const newest = await find(context, phoneKey, await lookups.newest(phoneKey, purpose));
	if (newest === undefined) return { result: 'not_found' };
	// A send came after the script.
	if (newest.state === 'pending') return { pending: [newest.verificationId] };
	return { result: resultOfEnded[newest.state] };
}

function toPhoneAnswer(
	{ purpose }: PhoneCheckAttempt,
	word: string | number | undefined,
	[waitMs, id, text]: ReadonlyArray<string | number>,
): CheckAnswer {
	if (typeof word !== 'string' || typeof waitMs !== 'number' || !isResult(word) || word === 'ended') {
		throw new Error(`The check script answered '${word}'`);
	}
	if (word !== 'approved') return waitMs === 0 ? { result: word } : { result: word, retryAfterMs: waitMs };
	return { result: word, verification: readStoredCheck({ verificationId: String(id), purpose }, String(text)) };
}

/** If a check fails before the script has decided any, each check is made again, with a script for each. */
async function decideAll(
	context: ScriptContext,
	attempts: readonly CheckAttempt[],
): Promise<ReadonlyArray<Reply | Promise<Reply>>> {
	try {
		const answers = await runScript(context, attempts);
		return attempts.map((_, i) => replyAt(answers, i));
	} catch (error) {
		if (attempts.length === 1 || !saysUndecided(error)) throw error;
		return attempts.map((attempt) => decideAlone(context, attempt));
	}
}

async function decideAlone(context: ScriptContext, attempt: CheckAttempt): Promise<Reply> {
	return await countedFirst(context, attempt, async (callers) => {
		const reply = replyAt(await runScript(context, [{ ...attempt, callers }]), 0);
		return { answer: reply, hasFailed: reply.word === 'invalid_code' || reply.word === 'locked' };
	});
}

/** The windows of a caller that the script can count, or how long they are full. */
type Callers = CheckTerms['callers'] | { fullForMs: number };

/** On a cluster, a caller's counters have other slots. So they are counted first, and given back after a success. */
async function countedFirst<Answer>(
	context: ScriptContext,
	{ phoneKey, callers }: CheckTerms,
	decide: (callers: Callers) => Promise<{ answer: Answer; hasFailed: boolean }>,
): Promise<Answer> {
	if (!context.runner.isCluster || callers.length === 0) return (await decide(callers)).answer;
	const reservation = await reserve(context, phoneKey, [...callers]);
	const { full } = reservation;
	let keeps = false;
	try {
		const { answer, hasFailed } = await decide(full === undefined ? [] : { fullForMs: full.retryAfterMs });
		keeps = hasFailed;
		return answer;
	} finally {
		if (!keeps) await giveBack(context, reservation);
	}
}

/** Only the script knows this. A gateway in front of the server may answer with an error after the script has run. */
function saysUndecided(error: unknown): boolean {
	return error instanceof RedisReplyError && error.message.includes(scripts.undecided);
}

function runScript(
	{ runner, keys, now }: ScriptContext,
	attempts: ReadonlyArray<Omit<CheckAttempt, 'callers'> & { callers: Callers }>,
): Promise<Array<string | number>> {
	const touched = attempts.map(({ phoneKey }) => keys.checks(phoneKey));
	const values = attempts.flatMap((attempt) => [
		attempt.verificationId,
		candidatesOf(attempt),
		attempt.tombstoneMs,
		budgetOf(attempt),
		callersOf(keys, attempt, touched),
		subjectOf(attempt),
	]);
	return runner.run(scripts.check, touched, [now, ...values]);
}

/** For the scripts: numbers with spaces between them. */
function budgetOf({ failures }: Pick<CheckTerms, 'failures'>): string {
	const { limit, windowMs, every, restMs, maxRestMs } = failures;
	return `${limit} ${windowMs} ${every} ${restMs} ${maxRestMs}`;
}

/** For the scripts. Adds the keys of the counters to those that the script touches. */
function callersOf(
	keys: Keyspace,
	{ phoneKey, callers }: { phoneKey: string; callers: Callers },
	touched: string[],
): string {
	if ('fullForMs' in callers) return `full ${callers.fullForMs}`;
	return callers
		.map(({ counter, limit, windowMs }) => `${touched.push(keys.counter(phoneKey, counter))} ${limit} ${windowMs}`)
		.join(' ');
}

function candidatesOf({ candidates }: EnteredCode): string {
	return candidates
		.map(({ keyId, mac, shapes }) => shapes.map((shape) => `\n${keyId},${shape},${mac}`).join(''))
		.join('');
}

/** @throws if the script has not answered the check at this place */
function replyAt(answers: ReadonlyArray<string | number>, at: number): Reply {
	const [word, waitMs, text] = answers.slice(3 * at, 3 * at + 3);
	if (typeof word !== 'string' || typeof waitMs !== 'number' || typeof text !== 'string') {
		throw new Error('The check script gave an incomplete answer');
	}
	return { word, waitMs, text };
}

/**
 * The phone key is read from the id with a secret. With another secret than that of the verification, the phone key is
 * wrong and nothing is found there. So the store looks for the phone key that it has noted itself.
 */
async function answerAbsent(
	context: ScriptContext,
	{ verificationId, namespace, purpose }: CheckAttempt,
): Promise<CheckAnswer> {
	const phoneKey = await context.lookups.phoneOf(verificationId);
	const found = phoneKey === undefined ? undefined : await find(context, phoneKey, [verificationId]);
	const isMeant = found?.namespace === namespace && found.purpose === purpose;
	return isMeant ? { result: 'key_missing', verification: found } : { result: 'not_found' };
}

const results = new Set<string>([...checkResults, 'key_missing', 'ended']);
const isResult = (word: string): word is CheckAnswer['result'] | 'ended' => results.has(word);

/** @throws if the check has failed, or the parts of the reply do not fit together */
function toAnswer(attempt: CheckAttempt, { word, waitMs, text }: Reply): CheckAnswer {
	if (word === 'not_found') return { result: word };
	if (word === 'failed') throw new RedisReplyError(text);
	if (!isResult(word)) throw new Error(`The check script answered '${word}'`);
	const verification = readStoredCheck(attempt, text);
	const result = word === 'ended' ? endedResult(verification) : word;
	if (result === 'approved' && verification.state !== 'approved') {
		throw new Error('The check script approved a verification and did not end it');
	}
	if (result === 'expired') verification.state = 'expired';
	return waitMs === 0 ? { result, verification } : { result, verification, retryAfterMs: waitMs };
}

function endedResult({ state }: StoredCheck): CheckAnswer['result'] {
	if (state === 'pending') throw new Error('The check script called a pending verification ended');
	return resultOfEnded[state];
}

const states = new Set<string>(verificationStates);
const isState = (word: string): word is VerificationState => states.has(word);

const answerFormat = /^(\S+) (\d+) (\d+) (\d+) (\S+) (\S+) (\S*) (\S*)$/;

/** @throws if the text is not what scripts/parts/evaluation.ts writes */
function readStoredCheck(
	{ verificationId, purpose }: Pick<CheckAttempt, 'verificationId' | 'purpose'>,
	text: string,
): StoredCheck {
	const [
		,
		state = '',
		attempts,
		maxAttempts,
		verifiedAt,
		keyId = '',
		shape = '',
		sealedMetadata = '',
		sealedPhone = '',
	] = answerFormat.exec(text) ?? [];
	if (!isState(state) || !isCodeShape(shape)) {
		throw new Error('The check script gave an answer in an unknown format');
	}
	return {
		verificationId,
		purpose,
		state,
		keyId,
		shape,
		attempts: Number(attempts),
		maxAttempts: Number(maxAttempts),
		sealedMetadata,
		...(verifiedAt !== '0' && { verifiedAt: Number(verifiedAt) }),
		...(sealedPhone !== '' && { sealedPhone }),
	};
}
