import type { StoredVerification } from '../store';
import { replyCode } from './errors';
import type { Script } from './scripts';
import { RedisReplyError, type RedisTransport } from './transport';
import { readVerification } from './verification-document';

/** What a script has decided: one word, and more that depends on it. */
export interface Decision {
	word: string;
	/** The server's clock, in milliseconds since 1970. */
	now: number;
	/** @throws if the script has not answered with one */
	verification: StoredVerification;
	/** The same verification, or undefined. */
	found: StoredVerification | undefined;
	/** The rest of the answer. */
	details: ReadonlyArray<string | number>;
}

/** Runs scripts by their SHA-1, so that the source travels only once. Throws what the transport throws. */
export class ScriptRunner {
	constructor(private readonly transport: RedisTransport) {}

	get isCluster(): boolean {
		return this.transport.isCluster;
	}

	/** Runs a script that answers with a word, the time, a verification, and details. */
	async decide(script: Script, keys: readonly string[], values: ReadonlyArray<string | number>): Promise<Decision> {
		return toDecision(await this.evaluate(script, keys, values));
	}

	/** Runs a script that answers with plain values. */
	async run(
		script: Script,
		keys: readonly string[],
		values: ReadonlyArray<string | number>,
	): Promise<Array<string | number>> {
		return toList(await this.evaluate(script, keys, values));
	}

	command(key: string, ...command: string[]): Promise<unknown> {
		return this.transport.send(key, command);
	}

	private async evaluate(
		{ sha, source }: Script,
		keys: readonly string[],
		values: ReadonlyArray<string | number>,
	): Promise<unknown> {
		const [first = ''] = keys;
		const rest = [String(keys.length), ...keys, ...values.map(String)];
		try {
			return await this.transport.send(first, ['EVALSHA', sha, ...rest]);
		} catch (error) {
			if (!(error instanceof RedisReplyError) || replyCode(error.message) !== 'NOSCRIPT') throw error;
		}
		// A server that was restarted or took over has not seen the script. It has done nothing yet.
		return await this.transport.send(first, ['EVAL', source, ...rest]);
	}
}

function toDecision(reply: unknown): Decision {
	const [word, now, text, ...details] = toList(reply);
	const found =
		typeof now === 'number' && typeof text === 'string' && text !== '' ? readVerification(text, now) : undefined;
	if (typeof word !== 'string') throw unexpected();
	return {
		word,
		now: typeof now === 'number' ? now : 0,
		found,
		get verification() {
			if (found === undefined) throw unexpected();
			return found;
		},
		details: word === 'look' ? toList(reply).slice(1) : details,
	};
}

function isPlain(value: unknown): value is string | number {
	return typeof value === 'string' || typeof value === 'number';
}

function toList(reply: unknown): Array<string | number> {
	if (Array.isArray(reply) && reply.every(isPlain)) return reply;
	if (isPlain(reply)) return [reply];
	throw unexpected();
}

function unexpected(): Error {
	return new Error('A script gave an unexpected answer');
}
