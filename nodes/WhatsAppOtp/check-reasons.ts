import type { CheckResult } from '../../verification';

/** Why a code was not accepted, as a sentence for the builder, where the engine gives no closer reason. */
export const checkReasons: Record<Exclude<CheckResult, 'approved'>, string> = {
	invalid_code: 'The code is wrong',
	already_used: 'The code was already used. Each code works once',
	locked: 'Too many wrong codes were entered. Send a new code',
	expired: 'The code has expired. Send a new code',
	canceled: 'The verification was canceled. Send a new code',
	undeliverable: 'The message with the code could not be delivered',
	not_found:
		"No verification was found. Check 'Verification ID', or the number, and use the 'Purpose' and 'Namespace' of Send",
	rate_limited: 'Too many wrong codes were entered for this number, or by this caller. Try again later',
	malformed: 'The code has the wrong format',
};

/** The likely reason if nothing was found by an id that is empty. */
export const idEmptyReason = "'Verification ID' is empty. Drag it from the output of the node that sent the code";
