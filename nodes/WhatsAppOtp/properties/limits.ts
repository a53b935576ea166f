import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { limitsSchema } from '../../../verification';

const number = (displayName: string, name: string, usual: number, description: string, minValue = 1): INodeProperties => ({
	displayName,
	name,
	type: 'number',
	typeOptions: { minValue },
	default: usual,
	description,
});

const failedChecks = number(
	'Failed Checks per Phone and Day',
	'failedChecksPerPhone',
	15,
	'Wrong codes of one phone over all its verifications, up to 100; a success begins anew. Choose the same in Send and Verify.',
);

const sends = [
	number('Sends per Phone and 10 Minutes', 'perPhone10Minutes', 4, 'Codes sent to one phone'),
	number('Sends per Phone and Hour', 'perPhoneHour', 6, 'Codes sent to one phone'),
	number('Sends per Phone and Day', 'perPhoneDay', 12, 'Codes sent to one phone'),
	number(
		'Sends per Prefix and Hour',
		'perPrefixHour',
		20,
		'Codes sent to numbers that differ in their last four digits only, as fraud dials them; 0 sets no limit',
		0,
	),
	number(
		'Sends per Caller IP and Hour',
		'perCallerHour',
		10,
		"Codes asked for by one address, where the option 'Client IP' tells it; 0 sets no limit",
		0,
	),
	number('Sends per Verification', 'maxSends', 4, 'The first one and its resends, 1 to 5'),
];

const collection = (values: INodeProperties[]): INodeProperties => ({
	displayName: 'Limits',
	name: 'limits',
	type: 'fixedCollection',
	placeholder: 'Change limits',
	default: {},
	options: [{ displayName: 'Limits', name: 'limit', values }],
	description: 'How much is let through before it is refused with a time to try again',
});

export const sendLimits = collection([failedChecks, ...sends].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)));
export const checkLimits = collection([failedChecks]);

export const clientIp: INodeProperties = {
	displayName: 'Client IP',
	name: 'clientIp',
	type: 'string',
	default: '',
	placeholder: "e.g. {{ $json.headers['x-real-ip'] }}",
	description:
		'The address of whoever asks for a code, to limit how many one caller gets sent. Take it from a header that your own proxy sets: callers can forge others.',
};

/** What a field of the collection may be, in the words of the editor. */
function rangeOf(name: string, min: number, max: number) {
	const field = [failedChecks, ...sends].find((each) => each.name === name)?.displayName ?? name;
	const message = `'${field}' must be a whole number from ${min} to ${max}`;
	return z.number({ invalid_type_error: message }).int(message).min(min, message).max(max, message).optional();
}

export const limitsOption = z
	.object({
		limit: z
			.object({
				failedChecksPerPhone: rangeOf('failedChecksPerPhone', 1, 100),
				perPhone10Minutes: rangeOf('perPhone10Minutes', 1, 1000),
				perPhoneHour: rangeOf('perPhoneHour', 1, 1000),
				perPhoneDay: rangeOf('perPhoneDay', 1, 1000),
				perPrefixHour: rangeOf('perPrefixHour', 0, 1_000_000),
				perCallerHour: rangeOf('perCallerHour', 0, 1_000_000),
				maxSends: rangeOf('maxSends', 1, 5),
			})
			.default({}),
	})
	.default({})
	.transform(({ limit: { maxSends, ...limits } }) => ({ maxSends: maxSends ?? 4, limits: limitsSchema.parse(limits) }));
