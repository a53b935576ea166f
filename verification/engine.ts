import { readCode, type CodeCandidate } from './code';
import { messageKeys, News, openWaId, sealTold, type Delivery, type DeliveryEvent, type Told } from './deliveries';
import { SigningKeyMissingError } from './errors';
import { issue, type IssueRequest, type Issued, type SendTicket } from './begin';
import type { CodeBinding, Keyring } from './keys';
import { failureBudget } from './limits';
import { Notes } from './notes';
import { readPhone } from './phone';
import { times, usualLimits, type Limits } from './policy';
import type { CheckResult } from './state';
import type { CheckAnswer, CheckAttempt, SendReport, StoredCheck, VerificationStore } from './stores/store';
import {
	describe,
	describeChecked,
	openClaimed,
	type CheckedVerification,
	type RecordedMessage,
	type Verification,
} from './verification';

export interface CheckRequest {
	code: unknown;
	namespace: string;
	purpose: string;
	/** By id, or by phone: then the phone's newest verification for the purpose. */
	by: { verificationId: string } | { phone: unknown; defaultCountry?: string };
	/** The same as the sends'; docs/reference/verification-rules.md 3 unless told. */
	limits?: Limits;
}

export interface CheckOutcome {
	result: CheckResult;
	verification?: CheckedVerification;
	/** Whole seconds, rounded up. */
	retryAfterSeconds?: number;
	/** One sentence for the builder, where the result alone does not tell what to do. */
	reason?: string;
}

/** What became of a send, and what the provider told of it. */
export type SendOutcome = Pick<SendReport, 'outcome'> & Told;

export interface DeliveryOutcome {
	news: boolean;
	verification: CheckedVerification;
	delivery: Pick<Delivery, 'sendId' | 'status' | 'waId'>;
}

/** How many dropped messages one claim tells of: a bounded pause for an embedded store. */
const dropsAtOnce = 50;

/** A verification, none, or why the phone can't be one. */
export type Found = { verification: Verification | undefined } | { reason: string };

export interface Located {
	verificationId: string;
	namespace: string;
}

/**
 * One-time codes for phones: begins and continues verifications, checks entries, follows deliveries. Knows no
 * provider and no n8n. Every method throws a VerificationError where it can't answer, never an approval (rule 12).
 */
export class Engine {
	/** What one process tells the others. */
	readonly notes: Notes;

	constructor(
		private readonly store: VerificationStore,
		private readonly keyring: Keyring,
	) {
		this.notes = new Notes(store, keyring);
	}

	/** Begins a verification, or continues the live one of this phone and purpose under the resend rules. */
	begin(request: IssueRequest): Promise<Issued> {
		return issue(this.store, this.keyring, request);
	}

	/**
	 * Stores what became of a send that `begin` issued.
	 * @returns the verification, or undefined where nothing is left of it because its only send was withdrawn
	 */
	async recordSend(ticket: SendTicket, { outcome, ...told }: SendOutcome): Promise<Verification | undefined> {
		const stored = await this.store.recordSend({ ...ticket, outcome, ...sealTold(told, ticket, this.keyring) });
		return stored === undefined ? undefined : describe(stored, this.keyring);
	}

	/** @throws SigningKeyMissingError, StoreUnavailableError */
	async check(request: CheckRequest): Promise<CheckOutcome> {
		const targets = await this.targets(request);
		if ('reason' in targets) return { result: 'malformed', reason: targets.reason };
		let answer: CheckAnswer = { result: 'not_found' };
		for (const { verificationId, phoneKey } of targets.found) {
			const { namespace, purpose } = request;
			const candidates = this.candidates({ namespace, purpose, verificationId, phoneKey }, readCode(request.code));
			answer = await this.store.check({
				namespace,
				purpose,
				phoneKey,
				verificationId,
				candidates,
				failures: failureBudget(phoneKey, request.limits ?? usualLimits),
				tombstoneMs: times.tombstone,
			});
			if (answer.result !== 'not_found' && answer.result !== 'key_missing') break;
		}
		return this.outcomeOf(answer, request.code);
	}

	/** @returns undefined where the namespace has no such verification (any more) */
	async get({ verificationId, namespace }: Located): Promise<Verification | undefined> {
		for (const { phoneKey } of this.locate(verificationId)) {
			const stored = await this.store.get({ verificationId, namespace, phoneKey });
			if (stored !== undefined) return describe(stored, this.keyring);
		}
		return undefined;
	}

	/** Ends a pending verification; one that has ended stays what it is. */
	async cancel(located: Located): Promise<Verification | undefined> {
		return (await this.end(located, 'canceled'))?.verification;
	}

	/**
	 * Ends a verification as somebody else decided who checked the code in our place.
	 * @returns undefined where there is none; `ended` false where it had ended before, so that nobody is let in twice
	 */
	async end(
		{ verificationId, namespace }: Located,
		state: 'canceled' | 'approved' | 'locked',
	): Promise<{ ended: boolean; verification: Verification } | undefined> {
		for (const { phoneKey } of this.locate(verificationId)) {
			const ending = { verificationId, namespace, phoneKey, state, tombstoneMs: times.tombstone };
			const answer = await this.store.end(ending);
			if (answer !== undefined) return { ...answer, verification: describe(answer.verification, this.keyring) };
		}
		return undefined;
	}

	/** The verification that a check with the same words would be of. */
	async find(subject: Omit<CheckRequest, 'code'>): Promise<Found> {
		const targets = await this.targets(subject);
		if ('reason' in targets) return targets;
		for (const { verificationId } of targets.found) {
			const verification = await this.get({ verificationId, namespace: subject.namespace });
			if (verification?.purpose === subject.purpose) return { verification };
		}
		return { verification: undefined };
	}

	/** @returns undefined where no message of ours has this id */
	async message(provider: string, messageId: string): Promise<RecordedMessage | undefined> {
		const stored = await this.store.get({ messageKeys: messageKeys(messageId, provider, this.keyring) });
		const verification = stored && describe(stored, this.keyring);
		const delivery = verification?.deliveries.find((candidate) => candidate.messageId === messageId);
		return verification === undefined || delivery === undefined ? undefined : { verification, delivery };
	}

	/**
	 * @returns undefined where the message is not one of ours
	 * @throws SigningKeyMissingError before anything is recorded, so that it is still news when it comes again
	 */
	async recordDelivery(event: DeliveryEvent): Promise<DeliveryOutcome | undefined> {
		const news = await this.newsOf(event);
		const answer = news && (await this.store.recordDelivery(news));
		if (answer === undefined) return undefined;
		if ('keyMissing' in answer) throw new SigningKeyMissingError(answer.keyMissing);
		const { sendId, status } = answer.delivery;
		const waId = event.waId ?? openWaId(answer.delivery, this.keyring);
		return {
			news: answer.news,
			verification: describeChecked(answer.verification, this.keyring),
			delivery: { sendId, status, ...(waId === undefined ? {} : { waId }) },
		};
	}

	/** What a provider gives back of ours names the send; without it, its message does. */
	private async newsOf(event: DeliveryEvent): Promise<News | undefined> {
		const { provider, messageId, sendId = '' } = event;
		if (this.keyring.canBeId(sendId)) return new News(event, { sendId }, this.keyring);
		// Most of what a shared number's webhook tells is of other people's messages: to read that is all it costs.
		const keys = messageKeys(messageId, provider, this.keyring);
		const stored = await this.store.get({ messageKeys: keys });
		const delivery = stored?.deliveries.find(({ message }) => message !== undefined && keys.includes(message.key));
		if (stored === undefined || delivery === undefined) return undefined;
		const found = { sendId: delivery.sendId, phoneKeys: [stored.phoneKey], messageKeys: keys };
		return new News(event, found, this.keyring);
	}

	/**
	 * Marks this provider's messages as dropped that nothing was heard of in time, and tells each to one caller alone.
	 * @returns some of them; ask again until there are none
	 * @throws SigningKeyMissingError where some were claimed and none of them can be opened
	 */
	async claimDropped(provider: string): Promise<RecordedMessage[]> {
		const claimed = await this.store.claimDropped({ provider, limit: dropsAtOnce });
		return openClaimed(claimed, this.keyring);
	}

	/** Whether something is told for the first time in 7 days, whichever process was told before. */
	async firstTime(...parts: string[]): Promise<boolean> {
		// The oldest secret first: what was noted before a rotation, or by who has not seen it yet, is known.
		for (const keyId of this.keyring.ids.toReversed()) {
			const isFirst = await this.store.remember(this.keyring.lookup(keyId, 'event', ...parts), times.seenEvents);
			if (!isFirst) return false;
		}
		return true;
	}

	/** A secret of this installation for one use, the same in every process that shares the signing secret. */
	derivedSecret(...use: string[]): string {
		return this.keyring.derivedSecret(...use);
	}

	/** Encrypts something of ours that has to be kept outside the store; `open` reads it in the same context only. */
	seal(plain: string, context: string): string {
		return this.keyring.seal(plain, context);
	}

	/** @throws SigningKeyMissingError where the secret it was sealed under is not configured any more */
	open(sealed: string, context: string): string {
		return this.keyring.open(sealed, context);
	}

	private candidates(bound: Omit<CodeBinding, 'code'>, readings: CodeCandidate[]): CheckAttempt['candidates'] {
		return this.keyring.ids.flatMap((keyId) =>
			readings.map(({ canonical: code, shapes }) => ({
				keyId,
				shapes,
				mac: this.keyring.mac(keyId, { ...bound, code }),
			})),
		);
	}

	private locate(verificationId: string): ReadonlyArray<{ phoneKey: string }> {
		return this.keyring.phoneKeysOf(verificationId);
	}

	private async targets(request: Omit<CheckRequest, 'code'>): Promise<{ found: Target[] } | { reason: string }> {
		const { by } = request;
		if ('verificationId' in by) {
			const { verificationId } = by;
			return { found: this.locate(verificationId).map(({ phoneKey }) => ({ phoneKey, verificationId })) };
		}
		const phone = await readPhone(by.phone, by.defaultCountry);
		if ('invalid' in phone) return { reason: phone.invalid };
		const found: Target[] = [];
		for (const keyId of this.keyring.ids) {
			const phoneKey = this.keyring.phoneKey(keyId, request.namespace, phone.folded);
			const stored = await this.store.get({ namespace: request.namespace, purpose: request.purpose, phoneKey });
			if (stored !== undefined) found.push({ phoneKey, verificationId: stored.verificationId });
		}
		return { found };
	}

	/** The id of a key that is not configured, where the verification tells: its id may be of a still older one. */
	private unknownKey(stored: StoredCheck | undefined): string | undefined {
		return stored === undefined || this.keyring.ids.includes(stored.keyId) ? undefined : stored.keyId;
	}

	private outcomeOf(answer: CheckAnswer, code: unknown): CheckOutcome {
		const { result, retryAfterMs, verification: stored } = answer;
		if (result === 'key_missing') throw new SigningKeyMissingError(this.unknownKey(stored));
		const outcome: CheckOutcome = { result };
		if (stored !== undefined) outcome.verification = describeChecked(stored, this.keyring);
		if (retryAfterMs !== undefined) outcome.retryAfterSeconds = Math.ceil(retryAfterMs / 1000);
		if (result === 'malformed') outcome.reason = malformedReason(code, stored && Number(stored.shape.slice(1)));
		return outcome;
	}
}

interface Target {
	verificationId: string;
	phoneKey: string;
}

function malformedReason(code: unknown, length: number | undefined): string {
	const expected = length === undefined ? 'a code' : `a code of ${length} characters`;
	if (typeof code === 'number')
		return `Expected ${expected}: a number loses its leading zeros, so pass the code as text`;
	return `Expected ${expected}, as it was sent`;
}
