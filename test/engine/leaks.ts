import type { CapturedLog } from './harness/log';
import type { RunResult } from './harness';
import type { Sandbox } from '../../sandbox/server';
import { accounts } from '../../sandbox/accounts';

/** Where a phone number stands in full (verification.md, rule 13). */
const numberFields = new Set(['to', 'recipient', 'waId']);

/** What a person or a builder wrote themselves: the input, what a node had yet to do, its settings. */
const posted = new Set(['Start', 'nodeExecutionStack', 'waitingExecution', 'parameters']);

/**
 * Holds that log and record of a run hold no code that is on a phone, no number outside its fields, and no key.
 * A number that stands alone: six digits inside a longer number are no code.
 */
export function expectNothingLeaked(result: RunResult, log: CapturedLog, sandbox: Sandbox): void {
	const messages = sandbox.messages();
	const codes = messages.map(({ code }) => standingAlone(code));
	const numbers = messages.map(({ to }) => standingAlone(to));
	const secrets = [...codes, standingAlone(accounts.dialog360.apiKey)];
	const record: unknown = JSON.parse(result.kept());
	const found = [
		...textsIn(record).flatMap(({ path, text }) => {
			const isNumberField = numberFields.has(path.at(-1) ?? '');
			return leaksIn(text, isNumberField ? secrets : [...secrets, ...numbers], path.join('.'));
		}),
		...leaksIn(log.text(), [...secrets, ...numbers], 'log'),
	];
	expect(found).toEqual([]);
}

function leaksIn(text: string, patterns: RegExp[], place: string): string[] {
	return patterns.flatMap((pattern) => (pattern.test(text) ? [`${place}: ${text.slice(0, 200)}`] : []));
}

function standingAlone(secret: string): RegExp {
	return new RegExp(`(?<![0-9A-Za-z])${secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![0-9A-Za-z])`);
}

/** Every text and number in a JSON value that nobody posted, and where it stands. */
function textsIn(value: unknown, path: string[] = []): Array<{ path: string[]; text: string }> {
	if (posted.has(path.at(-1) ?? '')) return [];
	if (typeof value !== 'object' || value === null) return [{ path, text: String(value) }];
	// n8n puts what was posted beside the message of an item that failed.
	if ('error' in value && typeof value.error === 'string') return textsIn(value.error, [...path, 'error']);
	return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...path, key]));
}
