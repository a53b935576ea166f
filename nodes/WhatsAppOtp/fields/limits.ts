import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { limitsSchema, policySchema } from '../../../verification';
import { wholeNumber } from './number-field';

const limits = limitsSchema.removeDefault().shape;

const perPhone = () => 'How many codes can be sent to one phone number';

const total = (time: string) => () =>
	`How many codes this n8n can send in this namespace. 0 sets no limit. Recommended where anyone can ask for a code: ` +
	`twice what your users need in a busy ${time}.`;

const fields = {
	failedChecksPerPhone: wholeNumber(
		limits,
		'failedChecksPerPhone',
		'Failed Checks per Phone and Day',
		({ max }) =>
			`Wrong codes for one phone number in all its verifications, up to ${max}. A correct code resets the count. ` +
			'Use the same value in Send and Verify.',
	),
	perPhone10Minutes: wholeNumber(limits, 'perPhone10Minutes', 'Sends per Phone and 10 Minutes', perPhone),
	perPhoneHour: wholeNumber(limits, 'perPhoneHour', 'Sends per Phone and Hour', perPhone),
	perPhoneDay: wholeNumber(limits, 'perPhoneDay', 'Sends per Phone and Day', perPhone),
	perPrefixHour: wholeNumber(
		limits,
		'perPrefixHour',
		'Sends per Prefix and Hour',
		() =>
			'How many codes can be sent to numbers that differ only in their last four digits, a pattern of fraud. ' +
			'0 sets no limit.',
	),
	perCallerHour: wholeNumber(
		limits,
		'perCallerHour',
		'Sends per Caller IP and Hour',
		() => "How many codes one IP address can request. Needs the option 'Client IP'. 0 sets no limit.",
	),
	failedChecksPerCallerHour: wholeNumber(
		limits,
		'failedChecksPerCallerHour',
		'Failed Checks per Caller IP and Hour',
		() => "How many wrong codes one IP address can enter. Needs the option 'Client IP'. 0 sets no limit.",
	),
	totalHour: wholeNumber(limits, 'totalHour', 'Sends in Total and Hour', total('hour')),
	totalDay: wholeNumber(limits, 'totalDay', 'Sends in Total and Day', total('day')),
	maxSends: wholeNumber(
		policySchema.shape,
		'maxSends',
		'Sends per Verification',
		({ min, max }) => `The first send and its resends, ${min} to ${max}`,
	),
};

const collection = (values: INodeProperties[]): INodeProperties => ({
	displayName: 'Limits',
	name: 'limits',
	type: 'fixedCollection',
	placeholder: 'Change limits',
	default: {},
	options: [{ displayName: 'Limits', name: 'limit', values }],
	description: 'How many codes can be sent and checked before a request is refused with a waiting time',
});

const properties = Object.values(fields).map(({ property }) => property);

export const sendLimits = collection(properties.toSorted((a, b) => (a.displayName < b.displayName ? -1 : 1)));
export const checkLimits = collection([
	fields.failedChecksPerCallerHour.property,
	fields.failedChecksPerPhone.property,
]);

export const clientIp: INodeProperties = {
	displayName: 'Client IP',
	name: 'clientIp',
	type: 'string',
	default: '',
	placeholder: "e.g. {{ $json.headers['x-real-ip'] }}",
	description:
		'The IP address of the person who requests the code, to limit the codes per caller. ' +
		'Take it from a header that your own proxy sets. Callers can forge other headers.',
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
				failedChecksPerCallerHour: fields.failedChecksPerCallerHour.schema,
				totalHour: fields.totalHour.schema,
				totalDay: fields.totalDay.schema,
				maxSends: fields.maxSends.schema,
			})
			.default({}),
	})
	.default({})
	.transform(({ limit: { maxSends, ...limits } }) => ({ maxSends, limits }));
