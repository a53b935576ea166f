import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { limitsSchema, policySchema } from '../../../verification';
import { wholeNumber } from './number-field';

const limits = limitsSchema.removeDefault().shape;

const perPhone = () => 'Codes sent to one phone';

const fields = {
	failedChecksPerPhone: wholeNumber(
		limits,
		'failedChecksPerPhone',
		'Failed Checks per Phone and Day',
		({ max }) =>
			`Wrong codes of one phone over all its verifications, up to ${max}; a success begins anew. Choose the same in Send and Verify.`,
	),
	perPhone10Minutes: wholeNumber(limits, 'perPhone10Minutes', 'Sends per Phone and 10 Minutes', perPhone),
	perPhoneHour: wholeNumber(limits, 'perPhoneHour', 'Sends per Phone and Hour', perPhone),
	perPhoneDay: wholeNumber(limits, 'perPhoneDay', 'Sends per Phone and Day', perPhone),
	perPrefixHour: wholeNumber(
		limits,
		'perPrefixHour',
		'Sends per Prefix and Hour',
		() => 'Codes sent to numbers that differ in their last four digits only, as fraud dials them; 0 sets no limit',
	),
	perCallerHour: wholeNumber(
		limits,
		'perCallerHour',
		'Sends per Caller IP and Hour',
		() => "Codes asked for by one address, where the option 'Client IP' tells it; 0 sets no limit",
	),
	maxSends: wholeNumber(
		policySchema.shape,
		'maxSends',
		'Sends per Verification',
		({ min, max }) => `The first one and its resends, ${min} to ${max}`,
	),
};

const collection = (values: INodeProperties[]): INodeProperties => ({
	displayName: 'Limits',
	name: 'limits',
	type: 'fixedCollection',
	placeholder: 'Change limits',
	default: {},
	options: [{ displayName: 'Limits', name: 'limit', values }],
	description: 'How much is let through before it is refused with a time to try again',
});

const properties = Object.values(fields).map(({ property }) => property);

export const sendLimits = collection(properties.toSorted((a, b) => (a.displayName < b.displayName ? -1 : 1)));
export const checkLimits = collection([fields.failedChecksPerPhone.property]);

export const clientIp: INodeProperties = {
	displayName: 'Client IP',
	name: 'clientIp',
	type: 'string',
	default: '',
	placeholder: "e.g. {{ $json.headers['x-real-ip'] }}",
	description:
		'The address of whoever asks for a code, to limit how many one caller gets sent. Take it from a header that your own proxy sets: callers can forge others.',
};

export const limitsOption = z
	.object({
		limit: z
			.object({
				failedChecksPerPhone: fields.failedChecksPerPhone.schema,
				perPhone10Minutes: fields.perPhone10Minutes.schema,
				perPhoneHour: fields.perPhoneHour.schema,
				perPhoneDay: fields.perPhoneDay.schema,
				perPrefixHour: fields.perPrefixHour.schema,
				perCallerHour: fields.perCallerHour.schema,
				maxSends: fields.maxSends.schema,
			})
			.default({}),
	})
	.default({})
	.transform(({ limit: { maxSends, ...limits } }) => ({ maxSends, limits }));
