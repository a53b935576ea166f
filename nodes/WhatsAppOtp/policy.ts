import { policySchema, type BeginRequest } from '../../verification';
import type { SendOptions } from './fields/otp';

/** What the options say of a verification and of who asks for it. */
export function policyOf(options: SendOptions): Pick<BeginRequest, 'policy' | 'limits' | 'clientIp' | 'metadata'> {
	const { limits, maxSends } = options.limits;
	const { clientIp, metadata } = options;
	return {
		policy: policySchema.parse({ ...options, maxSends }),
		limits,
		...(clientIp === undefined ? {} : { clientIp }),
		...(metadata === undefined ? {} : { metadata }),
	};
}

/** Whom the options let a code be sent to. */
export function recipientOf(to: unknown, { allowedCountries, defaultCountry }: SendOptions): BeginRequest['recipient'] {
	return { to, allowedCountries, ...(defaultCountry === undefined ? {} : { defaultCountry }) };
}
