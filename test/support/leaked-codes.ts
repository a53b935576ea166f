import { findLeaks } from '../../dev/leak-search';
import { accounts } from '../../sandbox/accounts';
import type { Sandbox } from '../../sandbox/server';
import type { RunResult } from './n8n-core';
import type { CapturedLog } from './n8n-core/log';

/** Expects no code, no key, and no phone number outside its fields in the log and the record of a run. */
export function expectNothingLeaked(result: RunResult, log: CapturedLog, sandbox: Sandbox): void {
	const messages = sandbox.messages();
	const written = {
		database: [],
		store: [],
		logs: log.entries.map(({ text }) => ({ place: `log: ${text.slice(0, 200)}`, text })),
		executions: { [result.executionId]: JSON.parse(result.kept()) as unknown },
	};
	const secrets = [...messages.map(({ code }) => code), accounts.dialog360.apiKey];
	expect(findLeaks(written, { secrets, phones: messages.map(({ to }) => to) }, ['Start'])).toEqual([]);
}
