import { z } from 'zod';
import type { ScriptRunner } from './runner';

/** CONFIG GET of RESP 2: names and values in turn. */
const configReply = z.array(z.string());

/**
 * What an operator should know of a Redis that would forget used codes, or throw keys out when it is full. Empty where
 * all is well, and where the server does not tell, as hosted ones don't.
 */
export async function durabilityWarnings(runner: ScriptRunner, key: string): Promise<string[]> {
	const settings = await settingsOf(runner, key);
	const warnings: string[] = [];
	if (settings.get('appendonly') === 'no') {
		warnings.push(
			'Redis keeps no append-only file: after a crash a used code could be accepted again and a locked one be open. Set appendonly yes.',
		);
	}
	const policy = settings.get('maxmemory-policy');
	if (policy !== undefined && policy !== 'noeviction') {
		warnings.push(
			`Redis throws keys away when its memory is full (maxmemory-policy ${policy}), so that limits and locks could be forgotten. Set maxmemory-policy noeviction.`,
		);
	}
	return warnings;
}

async function settingsOf(runner: ScriptRunner, key: string): Promise<Map<string, string>> {
	const settings = new Map<string, string>();
	for (const name of ['appendonly', 'maxmemory-policy']) {
		// Two commands: Redis 6 and older take one name at a time.
		const reply = configReply.catch([]).parse(await runner.command(key, 'CONFIG', 'GET', name).catch(() => []));
		const [, value] = reply;
		if (value !== undefined) settings.set(name, value);
	}
	return settings;
}
