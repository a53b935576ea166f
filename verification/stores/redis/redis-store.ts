import { randomBytes } from 'node:crypto';
import { z } from 'zod';

import { checkResults, deliveryStatuses, isNews, resultOfEnded, type DeliveryStatus } from '../../state';
import type {
	BeginAnswer,
	BeginRequest,
	CheckAnswer,
	CheckAttempt,
	DeliveryAnswer,
	DeliveryNews,
	EndAnswer,
	Ending,
	MessageQuery,
	SendReport,
	StoredVerification,
	VerificationQuery,
	VerificationStore,
} from '../store';
import { beginIn } from './begin';
import { durabilityWarnings } from './durability';
import { Keyspace, ownsCounter } from './keyspace';
import type { RedisLink } from './link';
import { Pointers, type Owner } from './pointers';
import { ScriptRunner, type Decision } from './runner';
import * as scripts from './scripts';

export interface RedisStoreOptions {
	/** Host and port for messages. */
	place: string;
	/** What all keys begin with. */
	prefix?: string;
	/** Milliseconds since 1970, in place of the server's clock: for tests, which move it. */
	clock?: () => number;
}

/** Verifications in Redis, for any number of processes on any number of machines. Every verb is one script. */
export class RedisStore implements VerificationStore {
	private readonly runner: ScriptRunner;
	private readonly keys: Keyspace;
	private readonly pointers: Pointers;
	private readonly clock: (() => number) | undefined;

	constructor(link: RedisLink, { place, prefix = 'whatsapp-otp', clock }: RedisStoreOptions) {
		this.runner = new ScriptRunner(link, place);
		this.keys = new Keyspace(prefix);
		this.pointers = new Pointers(this.runner, this.keys);
		this.clock = clock;
	}

	begin(request: BeginRequest): Promise<BeginAnswer> {
		return beginIn(this.runner, this.keys, this.now(), request);
	}

	async recordSend(report: SendReport): Promise<StoredVerification | undefined> {
		const { verificationId, phoneKey, sendId, outcome, messageId, waId, error, counters } = report;
		const isOwn = (counter: string) => !this.runner.isCluster || ownsCounter(phoneKey, { counter });
		const keyOf = (counter: string) => this.keys.counter(phoneKey, counter);
		const { word, found, details } = await this.runner.decide(
			scripts.recordSend,
			[this.keys.verification(phoneKey, verificationId), ...counters.filter(isOwn).map(keyOf)],
			[this.now(), sendId, outcome, replacedBy(outcome), messageId ?? '', waId ?? '', json(error)],
		);
		if (word === 'withdrawn') {
			const foreign = counters.filter((counter) => !isOwn(counter));
			for (const counter of foreign) await this.runner.run(scripts.giveBack, [keyOf(counter)], details);
		}
		const delivery = found?.deliveries.find((each) => each.sendId === sendId);
		if (delivery?.messageId !== undefined) {
			await this.pointers.rememberMessage(delivery.provider, delivery.messageId, report);
		}
		return found;
	}

	async check(attempt: CheckAttempt): Promise<CheckAnswer> {
		const { namespace, phoneKey, verificationId, purpose, candidates, failures, tombstoneMs } = attempt;
		const decision = await this.runner.decide(
			scripts.check,
			[this.keys.verification(phoneKey, verificationId), this.keys.counter(phoneKey, failures.counter)],
			[
				...[this.now(), namespace, purpose, tombstoneMs, failures.limit, failures.windowMs],
				...candidates.flatMap(({ keyId, shape, mac }) => [keyId, shape, mac]),
			],
		);
		return decision.word === 'absent' ? this.underAnotherKey(attempt) : toCheckAnswer(decision);
	}

	async recordDelivery(news: DeliveryNews): Promise<DeliveryAnswer | undefined> {
		const owner = await this.pointers.ofMessage(news);
		const answer = owner && (await this.recordIn(owner, news));
		if (answer !== undefined) return answer;
		for (const sender of await this.pointers.ofSend(news)) {
			const first = await this.recordIn(sender, news);
			if (first?.delivery.messageId === news.messageId) {
				await this.pointers.rememberMessage(news.provider, news.messageId, sender);
			}
			if (first !== undefined) return first;
		}
		return undefined;
	}

	async get(query: VerificationQuery | MessageQuery): Promise<StoredVerification | undefined> {
		if ('messageId' in query) {
			const owner = await this.pointers.ofMessage(query);
			return owner && (await this.find(owner.phoneKey, [owner.verificationId]));
		}
		const { namespace, phoneKey, verificationId, purpose = '' } = query;
		const ids = verificationId === undefined ? await this.pointers.newest(phoneKey, purpose) : [verificationId];
		const found = await this.find(phoneKey, ids);
		return found?.namespace === namespace ? found : undefined;
	}

	async end({ namespace, phoneKey, verificationId, state, tombstoneMs }: Ending): Promise<EndAnswer | undefined> {
		const { word, found } = await this.runner.decide(
			scripts.end,
			[this.keys.verification(phoneKey, verificationId)],
			[this.now(), namespace, state, tombstoneMs],
		);
		return found === undefined ? undefined : { ended: word === 'ended', verification: found };
	}

	async probe(): Promise<string[]> {
		const key = this.keys.probe(randomBytes(8).toString('hex'));
		await this.runner.run(scripts.probe, [key], []);
		return durabilityWarnings(this.runner, key);
	}

	async close(): Promise<void> {
		await this.runner.close();
	}

	private now(): string {
		return this.clock === undefined ? '' : String(this.clock());
	}

	private async find(phoneKey: string, ids: string[]): Promise<StoredVerification | undefined> {
		if (ids.length === 0) return undefined;
		const keys = ids.map((id) => this.keys.verification(phoneKey, id));
		return (await this.runner.decide(scripts.find, keys, [this.now()])).found;
	}

	/** An id is found whole or not at all; read under another key than the one it was made with, its phone differs. */
	private async underAnotherKey({ verificationId, namespace, purpose }: CheckAttempt): Promise<CheckAnswer> {
		const phoneKey = await this.pointers.phoneOf(verificationId);
		const found = phoneKey === undefined ? undefined : await this.find(phoneKey, [verificationId]);
		const isMeant = found?.namespace === namespace && found.purpose === purpose;
		return isMeant ? { result: 'key_missing', verification: found } : { result: 'not_found' };
	}

	private async recordIn({ phoneKey, verificationId }: Owner, news: DeliveryNews): Promise<DeliveryAnswer | undefined> {
		const { provider, sendId = '', messageId, status, occurredAt, waId = '', error } = news;
		const { word, found, details } = await this.runner.decide(
			scripts.recordDelivery,
			[this.keys.verification(phoneKey, verificationId)],
			[this.now(), provider, sendId, messageId, status, replacedBy(status), occurredAt, waId, json(error)],
		);
		const delivery = found?.deliveries.find((each) => each.sendId === details[0]);
		if (found === undefined || delivery === undefined) return undefined;
		return { news: word === 'news', verification: found, delivery };
	}
}

const decided = z.enum([...checkResults, 'key_missing']);

function toCheckAnswer({ word, found, details: [retryAfterMs] }: Decision): CheckAnswer {
	const { state } = found ?? {};
	const ended = word === 'ended' && state !== undefined && state !== 'pending' ? resultOfEnded[state] : word;
	return {
		result: decided.parse(ended),
		...(found === undefined ? {} : { verification: found }),
		...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
	};
}

/** The statuses that this one may replace, for the scripts: the table itself is in state.ts. */
function replacedBy(incoming: DeliveryStatus | 'withdrawn'): string {
	if (incoming === 'withdrawn') return '';
	return deliveryStatuses.filter((known) => isNews(known, incoming)).join(' ');
}

function json(value: object | undefined): string {
	return value === undefined ? '' : JSON.stringify(value);
}
