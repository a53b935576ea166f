import { policySchema, type BeginRequest } from '../../verification';
import type { SendOptions } from './fields/send-options';

/** The part of a request that the node's options decide. */
export function policyOf(
	options: SendOptions,
): Pick<BeginRequest, 'policy' | 'limits' | 'clientIp' | 'metadata' | 'testNumbers'> {
	const { limits, maxSends } = options.limits;
	const { clientIp, metadata, testNumbers } = options;
	return { policy: policySchema.parse({ ...options, maxSends }), limits, clientIp, metadata, testNumbers };
}

/** The recipient of a code, and the countries that the options allow. */
export function recipientOf(to: unknown, { allowedCountries, defaultCountry }: SendOptions): BeginRequest['recipient'] {
	return { to, allowedCountries, defaultCountry };
}
