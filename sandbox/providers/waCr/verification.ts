import type { Call } from '../../provider';
import { Refusal } from '../../refusal';
import { id } from './account';
import { dated, succeed } from './envelope';
import { cleaned, digitsIn, fields, read } from './fields';
import { limitCalls } from './request';
import { WaCrState } from './state';

const maxAttempts = 5;

export const verify: Call = {
	name: 'verify',
	method: 'POST',
	path: '/auth/verify',
	handle({ body }, state) {
		const { phone, purpose, code } = read(fields.verify, body);
		const digits = digitsIn(phone);
		limitCalls(state, `verify ${digits}`, 10, 60_000);
		const own = state.own(id, WaCrState);
		const kept = own.code(digits, purpose);
		if (!kept) throw new Refusal('OTP_NOT_FOUND');
		if (kept.attempts >= maxAttempts) throw new Refusal('MAX_ATTEMPTS_EXCEEDED');
		if (kept.expiresAt <= state.now()) throw new Refusal('OTP_EXPIRED');
		kept.attempts += 1;
		if (kept.code !== code) {
			throw new Refusal('INVALID_CODE', { fields: { attempts_remaining: maxAttempts - kept.attempts } });
		}
		own.deleteCode(digits, purpose);
		return succeed({ phone: cleaned(phone), purpose, verified_at: dated(state.now()) }, 'OTP verified successfully');
	},
};

export const getCodeStatus: Call = {
	name: 'getCodeStatus',
	method: 'POST',
	path: '/auth/status',
	handle({ body }, state) {
		const { phone, purpose } = read(fields.status, body);
		const kept = state.own(id, WaCrState).code(digitsIn(phone), purpose);
		if (!kept) return succeed({ has_active_otp: false }, 'No active OTP found');
		const secondsLeft = Math.floor((kept.expiresAt - state.now()) / 1000);
		const data = {
			has_active_otp: true,
			expires_at: dated(kept.expiresAt),
			expires_in_seconds: secondsLeft,
			is_expired: secondsLeft <= 0,
			verification_attempts: kept.attempts,
			max_attempts: maxAttempts,
			attempts_remaining: maxAttempts - kept.attempts,
			created_at: dated(kept.createdAt),
		};
		return succeed(data, 'OTP status retrieved successfully');
	},
};
