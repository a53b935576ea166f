import { randomBytes } from 'node:crypto';
import type {
	BeginAnswer,
	BeginRequest,
	CheckAnswer,
	CheckAttempt,
	DeliveryAnswer,
	DeliveryNews,
	DropClaim,
	EndAnswer,
	Ending,
	MessageQuery,
	SendReport,
	StoredMessage,
	StoredVerification,
	VerificationQuery,
	VerificationStore,
} from '../store';
import { begin } from './begin';
import { Checks } from './check';
import { recordDelivery, recordSend } from './deliveries';
import { claimDropped } from './dropped-messages';
import { durabilityWarnings } from './durability';
import { explainRedisError } from './errors';
import { Keyspace } from './keyspace';
import type { RedisLink } from './transport';
import { Pointers } from './lookups';
import { end, get } from './verifications';
import { ScriptRunner } from './runner';
import * as scripts from './scripts';
import type { Step } from './script-context';

export interface RedisStoreOptions {
	/** Host and port for messages. */
	place: string;
	/** What all keys begin with. */
	prefix?: string;
	/** Milliseconds since 1970, in place of the server's clock: for tests, which move it. */
	clock?: () => number;
}

/** Verifications in Redis, for any number of processes on any number of machines. Every verb decides in one script. */
export class RedisStore implements VerificationStore {
	private readonly step: Omit<Step, 'now'>;
	private readonly checks: Checks;
	private readonly place: string;
	private readonly clock: (() => number) | undefined;

	constructor(
		private readonly link: RedisLink,
		{ place, prefix = 'whatsapp-otp', clock }: RedisStoreOptions,
	) {
		const runner = new ScriptRunner(link);
		const keys = new Keyspace(prefix);
		this.step = { runner, keys, pointers: new Pointers(runner, keys) };
		this.place = place;
		this.clock = clock;
		this.checks = new Checks(() => this.now());
	}

	begin(request: BeginRequest): Promise<BeginAnswer> {
		return this.guarded((step) => begin(step, request));
	}

	recordSend(report: SendReport): Promise<StoredVerification | undefined> {
		return this.guarded((step) => recordSend(step, report));
	}

	check(attempt: CheckAttempt): Promise<CheckAnswer> {
		return this.checks.check(attempt).catch((error: unknown) => this.explain(error));
	}

	recordDelivery(news: DeliveryNews): Promise<DeliveryAnswer | undefined> {
		return this.guarded((step) => recordDelivery(step, news));
	}

	get(query: VerificationQuery | MessageQuery): Promise<StoredVerification | undefined> {
		return this.guarded((step) => get(step, query));
	}

	end(ending: Ending): Promise<EndAnswer | undefined> {
		return this.guarded((step) => end(step, ending));
	}

	remember(mark: string, forMs: number): Promise<boolean> {
		return this.guarded(async ({ runner, keys, now }) => {
			const [isFirst] = await runner.run(scripts.remember, [keys.mark(mark)], [now, forMs]);
			return isFirst === 1;
		});
	}

	keep(key: string, note: string, forMs: number): Promise<void> {
		return this.guarded(async ({ runner, keys }) => {
			await runner.command(keys.note(key), 'SET', keys.note(key), note, 'PX', String(forMs));
		});
	}

	kept(key: string): Promise<string | undefined> {
		return this.guarded(({ pointers, keys }) => pointers.text(keys.note(key)));
	}

	forget(key: string): Promise<void> {
		return this.guarded(async ({ runner, keys }) => {
			await runner.command(keys.note(key), 'DEL', keys.note(key));
		});
	}

	claimDropped(claim: DropClaim): Promise<StoredMessage[]> {
		return this.guarded((step) => claimDropped(step, claim));
	}

	probe(): Promise<string[]> {
		return this.guarded(async ({ runner, keys }) => {
			const key = keys.probe(randomBytes(8).toString('hex'));
			await runner.run(scripts.probe, [key], []);
			return await durabilityWarnings(runner, key);
		});
	}

	async close(): Promise<void> {
		await this.link.close();
	}

	private now(): Step {
		return { ...this.step, now: this.clock === undefined ? '' : String(this.clock()) };
	}

	/** Whatever goes wrong, and whatever does not fit, is a store that can't answer (rule 12). */
	private async guarded<Result>(work: (step: Step) => Promise<Result>): Promise<Result> {
		try {
			return await work(this.now());
		} catch (error) {
			return this.explain(error);
		}
	}

	private explain(error: unknown): never {
		throw explainRedisError(error, this.place);
	}
}
