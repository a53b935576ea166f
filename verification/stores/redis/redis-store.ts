import { randomBytes } from 'node:crypto';
import type { KeyValue, Verifications, VerificationStore } from '../store';
import { begin } from './begin';
import { checkPhone, Checks } from './check';
import { recordDelivery, recordSend } from './deliveries';
import { claimDropped } from './dropped-messages';
import { durabilityWarnings } from './durability';
import { explainRedisError } from './errors';
import { Keyspace } from './keyspace';
import { Lookups } from './lookups';
import { ScriptRunner } from './runner';
import type { ScriptContext } from './script-context';
import * as scripts from './scripts';
import type { RedisTransport } from './transport';
import { end, get } from './verifications';

export interface RedisStoreOptions {
	/** Host and port for messages. */
	place: string;
	/** Start of all keys. */
	prefix?: string;
	/** Milliseconds since 1970, in place of the server's clock. Tests move it. */
	clock?: () => number;
}

/** Verifications in Redis, shared by any number of processes and machines. One script makes each decision. */
export class RedisStore implements VerificationStore {
	private readonly context: Omit<ScriptContext, 'now'>;
	private readonly checks: Checks;
	private readonly place: string;
	private readonly clock: (() => number) | undefined;

	constructor(
		private readonly transport: RedisTransport,
		{ place, prefix = 'whatsapp-otp', clock }: RedisStoreOptions,
	) {
		const runner = new ScriptRunner(transport);
		const keys = new Keyspace(prefix);
		this.context = { runner, keys, lookups: new Lookups(runner, keys) };
		this.place = place;
		this.clock = clock;
		this.checks = new Checks(() => this.contextNow());
	}

	readonly verifications: Verifications = {
		begin: (attempt) => this.guarded((context) => begin(context, attempt)),
		recordSend: (report) => this.guarded((context) => recordSend(context, report)),
		check: (attempt) => this.checks.check(attempt).catch((error: unknown) => this.explain(error)),
		checkPhone: (attempt) => this.guarded((context) => checkPhone(context, attempt)),
		recordDelivery: (update) => this.guarded((context) => recordDelivery(context, update)),
		get: (query) => this.guarded((context) => get(context, query)),
		end: (ending) => this.guarded((context) => end(context, ending)),
		claimDropped: (claim) => this.guarded((context) => claimDropped(context, claim)),
	};

	readonly keyValue: KeyValue = {
		setOnce: (key, forMs) =>
			this.guarded(async ({ runner, keys, now }) => {
				const [isFirst] = await runner.run(scripts.setOnce, [keys.mark(key)], [now, forMs]);
				return isFirst === 1;
			}),
		set: (key, value, forMs) =>
			this.guarded(async ({ runner, keys }) => {
				await runner.command(keys.note(key), 'SET', keys.note(key), value, 'PX', String(forMs));
			}),
		get: (key) => this.guarded(({ lookups, keys }) => lookups.read(keys.note(key))),
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
		await this.transport.close();
	}

	private contextNow(): ScriptContext {
		return { ...this.context, now: this.clock === undefined ? '' : String(this.clock()) };
	}

	/** Every error means that the store cannot answer (docs/reference/verification-rules.md 1.12). */
	private async guarded<Result>(work: (context: ScriptContext) => Promise<Result>): Promise<Result> {
		try {
			return await work(this.contextNow());
		} catch (error) {
			return this.explain(error);
		}
	}

	private explain(error: unknown): never {
		throw explainRedisError(error, this.place);
	}
}
