import { z } from 'zod';
import type { Connection } from '../connection';
import type { HttpResponse } from '../http';
import type { OwnCheck, OwnStatus } from '../provider';
import type { Account } from './account';
import { readData, readRefusal, request, toProviderError } from './request';

/** By WA.cr's error codes for a code that it does not approve (docs/reference/providers.md 5.3). */
const results: Record<string, OwnCheck['result']> = {
	INVALID_CODE: 'invalid_code',
	OTP_EXPIRED: 'expired',
	MAX_ATTEMPTS_EXCEEDED: 'locked',
	OTP_NOT_FOUND: 'not_found',
	RATE_LIMIT_EXCEEDED: 'rate_limited',
};

const verified = z.object({ verified_at: z.string().min(1) });

/** Approves a code only if WA.cr names the time of the verification. */
export async function check(
	connection: Connection<Account>,
	{ to, code, purpose }: { to: string; code: string; purpose: string },
): Promise<OwnCheck> {
	const response = await post(connection, '/auth/verify', { phone: to, code, purpose });
	const approved = verified.safeParse(readData(response)).data;
	if (approved !== undefined) return { result: 'approved', verifiedAt: approved.verified_at };
	const { errorCode, fields, attemptsRemaining, retryAfterSeconds } = readRefusal(response);
	const isThrottled = response.status === 429 && errorCode === undefined;
	const result = isThrottled ? 'rate_limited' : results[errorCode ?? ''];
	if (result !== undefined) return { result, attemptsRemaining, retryAfterSeconds };
	if (response.status === 422 && 'code' in fields) return { result: 'malformed' };
	throw toProviderError(response);
}

const state = z.object({
	has_active_otp: z.boolean(),
	is_expired: z.boolean().optional(),
	expires_in_seconds: z.number().optional(),
	expires_at: z.string().min(1).optional().catch(undefined),
	attempts_remaining: z.number().optional().catch(undefined),
});

/** What WA.cr knows of the present code. */
export async function status(
	connection: Connection<Account>,
	{ to, purpose }: { to: string; purpose: string },
): Promise<OwnStatus> {
	const response = await post(connection, '/auth/status', { phone: to, purpose });
	const found = state.safeParse(readData(response)).data;
	if (found === undefined) {
		if (readRefusal(response).errorCode === 'OTP_NOT_FOUND') return { isActive: false };
		throw toProviderError(response);
	}
	const { has_active_otp: hasCode, is_expired: isExpired = false, expires_in_seconds: secondsLeft = 1 } = found;
	return {
		isActive: hasCode && !isExpired && secondsLeft > 0,
		expiresAt: found.expires_at,
		attemptsRemaining: found.attempts_remaining,
	};
}

async function post(connection: Connection<Account>, path: string, body: unknown): Promise<HttpResponse> {
	return await request(connection, { method: 'POST', path, body });
}
