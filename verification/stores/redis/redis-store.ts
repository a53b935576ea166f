import { randomBytes } from 'node:crypto';
import type { KeyValue, Verifications, VerificationStore } from '../store';
import { begin } from './begin';
import { Checks } from './check';
import { recordDelivery, recordSend } from './deliveries';
import { claimDropped } from './dropped-messages';
import { durabilityWarnings } from './durability';
import { explainRedisError } from './errors';
import { Keyspace } from './keyspace';
import { Pointers } from './lookups';
import { ScriptRunner } from './runner';
import type { Step } from './script-context';
import * as scripts from './scripts';
import type { RedisLink } from './transport';
import { end, get } from './verifications';

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

	readonly verifications: Verifications = {
		begin: (attempt) => this.guarded((step) => begin(step, attempt)),
		recordSend: (report) => this.guarded((step) => recordSend(step, report)),
		check: (attempt) => this.checks.check(attempt).catch((error: unknown) => this.explain(error)),
		recordDelivery: (update) => this.guarded((step) => recordDelivery(step, update)),
		get: (query) => this.guarded((step) => get(step, query)),
		end: (ending) => this.guarded((step) => end(step, ending)),
		claimDropped: (claim) => this.guarded((step) => claimDropped(step, claim)),
	};

	readonly keyValue: KeyValue = {
		setOnce: (key, forMs) =>
			this.guarded(async ({ runner, keys, now }) => {
				const [isFirst] = await runner.run(scripts.remember, [keys.mark(key)], [now, forMs]);
				return isFirst === 1;
			}),
		set: (key, value, forMs) =>
			this.guarded(async ({ runner, keys }) => {
				await runner.command(keys.note(key), 'SET', keys.note(key), value, 'PX', String(forMs));
			}),
		get: (key) => this.guarded(({ pointers, keys }) => pointers.text(keys.note(key))),
		delete: (key) =>
			this.guarded(async ({ runner, keys }) => {
				await runner.command(keys.note(key), 'DEL', keys.note(key));
			}),
	};

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
