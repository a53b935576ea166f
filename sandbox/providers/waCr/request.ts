import type { Answer, ProviderRequest } from '../../provider';
import { Refusal } from '../../refusal';
import type { State } from '../../state';
import { account, id } from './account';
import { waCrRefusal } from './error-codes';
import { WaCrState } from './state';

const scopes = new Map([
	[`Bearer ${account.apiToken}`, ['messages:send', 'templates:read']],
	[`Bearer ${account.readOnlyToken}`, ['templates:read']],
	[`Bearer ${account.sendOnlyToken}`, ['messages:send']],
]);

/** The limit of one token (docs/reference/providers.md 5.3). */
const callsPerMinute = 60;

export function authorize({ headers }: ProviderRequest, state: State, call?: string): Answer | undefined {
	const { authorization = '' } = headers;
	const granted = scopes.get(authorization);
	if (!granted) return waCrRefusal(new Refusal('UNAUTHORIZED'));
	const seconds = state.own(id, WaCrState).countCall(authorization, callsPerMinute, 60_000);
	if (seconds > 0) return waCrRefusal(new Refusal('RATE_LIMIT_EXCEEDED', { fields: { retry_after: seconds } }));
	const needed = call === 'listTemplates' ? 'templates:read' : 'messages:send';
	if (granted.includes(needed)) return undefined;
	return waCrRefusal(new Refusal('INSUFFICIENT_SCOPE', { title: `The token lacks the scope ${needed}` }));
}

/** Counts a call. Throws a Refusal if there are more than `max` in the window. */
export function limitCalls(state: State, subject: string, max: number, windowMs: number): void {
	const seconds = state.own(id, WaCrState).countCall(subject, max, windowMs);
	if (seconds > 0) throw new Refusal('RATE_LIMIT_EXCEEDED', { fields: { retry_after: seconds } });
}
