import { z } from 'zod';
import type { ScriptRunner } from './runner';

/** The reply of CONFIG GET in RESP 2: a list of name and value. */
const configReply = z.array(z.string());

/**
 * Warnings about a Redis that can lose data: it keeps no append-only file, or deletes keys when its memory is full.
 * @returns no warning if the server does not reveal its settings, as hosted servers often do not
 */
export async function durabilityWarnings(runner: ScriptRunner, key: string): Promise<string[]> {
	const settings = await settingsOf(runner, key);
	const warnings: string[] = [];
	if (settings.get('appendonly') === 'no') {
		warnings.push(
			'Redis keeps no append-only file. After a crash it could accept a used code again, and forget that a ' +
				'verification was locked. Set appendonly yes.',
		);
	}
	const policy = settings.get('maxmemory-policy');
	if (policy !== undefined && policy !== 'noeviction') {
		warnings.push(
			`Redis deletes keys when its memory is full (maxmemory-policy ${policy}). It could then forget limits and ` +
				'locks. Set maxmemory-policy noeviction.',
		);
	}
	return warnings;
}

async function settingsOf(runner: ScriptRunner, key: string): Promise<Map<string, string>> {
	const settings = new Map<string, string>();
	for (const name of ['appendonly', 'maxmemory-policy']) {
		// One command for each name: Redis 6 and older accept only one.
		const reply = configReply.catch([]).parse(await runner.command(key, 'CONFIG', 'GET', name).catch(() => []));
		const [, value] = reply;
		if (value !== undefined) settings.set(name, value);
	}
	return settings;
}
