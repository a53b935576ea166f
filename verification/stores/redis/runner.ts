import type { StoredVerification } from '../store';
import { readVerification } from './verification-document';
import { replyCode } from './errors';
import { RedisReplyError, type RedisLink } from './transport';
import type { Script } from './scripts';

/** What a script decided: one word, and what goes with it. */
export interface Decision {
	word: string;
	/** Of the server, in milliseconds. */
	now: number;
	/** @throws where the script gave none */
	verification: StoredVerification;
	/** The same where there may be none. */
	found: StoredVerification | undefined;
	/** Whatever else it gave. */
	details: ReadonlyArray<string | number>;
}

/** Runs scripts by what the server knows them by. Throws what the link throws. */
export class ScriptRunner {
	constructor(private readonly link: RedisLink) {}

	get isCluster(): boolean {
		return this.link.isCluster;
	}

	/** Runs a script that decides something. */
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
		return this.link.send(key, command);
	}

	private async evaluate(
		{ sha, source }: Script,
		keys: readonly string[],
		values: ReadonlyArray<string | number>,
	): Promise<unknown> {
		const [first = ''] = keys;
		const rest = [String(keys.length), ...keys, ...values.map(String)];
		try {
			return await this.link.send(first, ['EVALSHA', sha, ...rest]);
		} catch (error) {
			if (!(error instanceof RedisReplyError) || replyCode(error.message) !== 'NOSCRIPT') throw error;
		}
		// A server that was restarted or took over has not seen the script, and so has done nothing.
		return await this.link.send(first, ['EVAL', source, ...rest]);
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
	return new Error('a script answered something else than it was written to');
}
