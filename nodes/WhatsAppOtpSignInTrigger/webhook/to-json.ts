import type { IDataObject } from 'n8n-workflow';
import type { BotProtection } from '../../../page';
import { omitUndefined } from '../../shared/omit-undefined';
import type { NextStep } from './next-step';
import type { Outcome } from './steps';

const statuses: Record<string, number> = {
	sent: 200,
	approved: 200,
	invalid_phone: 400,
	blocked_country: 400,
	malformed: 400,
	invalid_code: 401,
	not_protected: 403,
	in_progress: 409,
	already_used: 409,
	undeliverable: 410,
	expired: 410,
	locked: 410,
	canceled: 410,
	not_found: 410,
	cooldown: 429,
	rate_limited: 429,
};

/** The page has an error for an empty field. The action node has none. */
const wordsOfNode: Record<string, string> = { missing_phone: 'invalid_phone', missing_code: 'malformed' };

/** What a front end must do before it asks for a code. */
export function challengeJson(protection: BotProtection | undefined): IDataObject {
	if (protection === undefined) return { botProtection: 'none' };
	const { kind, ...challenge } = protection;
	return { botProtection: kind, ...challenge };
}

const notProtected = 'Solve the challenge that GET returns as JSON, and post the solution once, with the phone';

/**
 * The answer for a front end. It has the words of the action node.
 * @param next only of an approval
 */
export function toJson(outcome: Outcome, next: NextStep = {}): { status: number; json: IDataObject } {
	const { action, verification, approved, retryAfterSeconds } = outcome;
	const result = wordsOfNode[outcome.result] ?? outcome.result;
	// The provider did not answer. With a verification, the code may have been sent.
	const unknown = verification === undefined ? 503 : 200;
	const json = omitUndefined({
		result,
		reason: outcome.result === 'not_protected' ? notProtected : undefined,
		verified: action === 'verify' ? approved !== undefined : undefined,
		verificationId: approved?.verificationId ?? verification?.verificationId,
		status: approved === undefined ? verification?.status : 'approved',
		isTest: verification?.isTest ?? approved?.isTest,
		attemptsRemaining: verification?.attemptsRemaining,
		sendsRemaining: verification?.sendsRemaining,
		expiresAt: verification?.expiresAt.toISOString(),
		resendAvailableAt: verification?.resendAvailableAt?.toISOString(),
		verifiedAt: approved?.verifiedAt,
		message: next.message,
		redirectUrl: next.redirectUrl,
		workflowFailed: next.hasFailed,
		token: next.token,
		retryAfterSeconds,
	});
	return { status: statuses[result] ?? unknown, json };
}
