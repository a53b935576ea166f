import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { codeLengths, policySchema, type TestNumber } from '../../../verification';
import { clientIp, limitsOption, sendLimits } from './limits';
import { splitList } from './list-field';
import { wholeNumber } from './number-field';
import { clientIpSchema, defaultCountry, namespace, optional, options, purpose, trimmed, withCaller } from './options';

const { digits, alphanumeric } = codeLengths;
const codeLength = wholeNumber(
	policySchema.shape,
	'codeLength',
	'Code Length',
	() =>
		`Length of generated codes: ${digits.min} to ${digits.max} digits, ` +
		`or ${alphanumeric.min} to ${alphanumeric.max} letters and digits`,
);
const expiresIn = wholeNumber(
	policySchema.shape,
	'expiresIn',
	'Expires In (Seconds)',
	({ min, max }) => `How long a code is valid, ${min} to ${max}. Use the same time as in the footer of the template.`,
);
const maxAttempts = wholeNumber(
	policySchema.shape,
	'maxAttempts',
	'Max Attempts',
	() => 'Number of wrong codes after which the verification is locked',
);

const verificationFields: INodeProperties[] = [
	clientIp,
	{
		displayName: 'Code Alphabet',
		name: 'codeAlphabet',
		type: 'options',
		options: [
			{ name: 'Digits', value: 'digits' },
			{ name: 'Letters and Digits', value: 'alphanumeric' },
		],
		default: 'digits',
		description: 'The characters of generated codes',
	},
	codeLength.property,
	expiresIn.property,
	maxAttempts.property,
	namespace,
	sendLimits,
];

/** Set once, when the verification begins (docs/reference/verification-rules.md 1.16). */
const metadataField: INodeProperties = {
	displayName: 'Metadata',
	name: 'metadata',
	type: 'json',
	default: '{}',
	description: 'JSON object that all outputs and events of this verification return, such as a user ID',
};

const concurrency: INodeProperties = {
	displayName: 'Concurrency',
	name: 'concurrency',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 1000 },
	default: 100,
	description: 'How many items are sent at the same time',
};

const waitLimit = wholeNumber(
	policySchema.shape,
	'expiresIn',
	'Wait Limit (Seconds)',
	({ min, max }) =>
		`How long the execution waits, ${min} to ${max}. Remove this option to wait until the code expires. ` +
		'After it, the code is no longer valid.',
);

const messageFields: INodeProperties[] = [
	{
		displayName: 'Idempotency Key',
		name: 'idempotencyKey',
		type: 'string',
		typeOptions: { password: false },
		default: '',
		description:
			'Of several sends with the same key within 24 hours, only the first sends a code. ' +
			'Use a key that other callers cannot guess. ' +
			'Leave empty to use a key of the execution and item, so that Retry On Fail sends only once.',
	},
	{
		displayName: 'Messages per Second',
		name: 'messagesPerSecond',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 80,
		description:
			"How fast many items are sent. Remove this option to use the provider's throughput. 0 sets no limit. " +
			'A message is not sent if its code would expire before its turn.',
	},
];

const phoneFields: INodeProperties[] = [
	{
		displayName: 'Allowed Countries',
		name: 'allowedCountries',
		type: 'string',
		default: '',
		placeholder: 'e.g. US, CA, MX',
		description:
			'Two-letter country codes separated by commas. No code is sent to numbers of other countries. ' +
			'Recommended: fraudsters use numbers in countries where you have no users.',
	},
	defaultCountry,
	purpose,
];

/** docs/reference/verification-rules.md 1.24 */
const testNumbers: INodeProperties = {
	displayName: 'Test Numbers',
	name: 'testNumbers',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add number',
	default: {},
	options: [
		{
			displayName: 'Numbers',
			name: 'number',
			values: [
				{
					displayName: 'Code',
					name: 'code',
					type: 'string',
					typeOptions: { password: true },
					default: '',
					description: "As many characters as 'Code Length' says, 6 by default",
				},
				{ displayName: 'Number', name: 'phone', type: 'string', default: '', placeholder: 'e.g. +12015550123' },
			],
		},
	],
	description:
		'Up to 20 numbers that get no message and have a fixed code, for app reviews and automatic tests. ' +
		'A person who knows such a number and its code can sign in with it. Use numbers of no real person, and remove ' +
		'them when you do not need them.',
};

/** As long as a code can be valid. */
const maxWait = 600;

const waitForDelivery: INodeProperties = {
	displayName: 'Wait for Delivery (Seconds)',
	name: 'waitForDelivery',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: maxWait },
	default: 30,
	description:
		'How long to wait until the message is on the phone. If it is not, the item leaves by Not Sent. ' +
		'The code stays valid, so Generate can continue with another channel. It must be as long as the pause ' +
		'between two codes then: 30 seconds, later 60 and 120. 0 does not wait. ' +
		'The wait needs a published WhatsApp OTP Trigger for this number, or Record Events.',
};

const waitForDeliverySchema = z
	.number({ invalid_type_error: "'Wait for Delivery' must be a number of seconds" })
	.min(0, "'Wait for Delivery' must not be negative")
	.max(maxWait, `'Wait for Delivery' must be at most ${maxWait} seconds`)
	.default(0);

export const sendOptions = options(
	metadataField,
	...verificationFields,
	concurrency,
	...messageFields,
	...phoneFields,
	testNumbers,
	waitForDelivery,
);
export const resendOptions = options(
	...verificationFields,
	concurrency,
	...messageFields,
	testNumbers,
	waitForDelivery,
);
export const waitOptions = options(metadataField, ...verificationFields, ...messageFields, ...phoneFields, {
	...waitLimit.property,
	name: 'waitLimit',
});
export const generateOptions = options(metadataField, ...verificationFields, ...phoneFields);

const metadata = z
	.preprocess(
		(value, context) => {
			if (typeof value !== 'string') return value;
			if (value.trim() === '') return {};
			try {
				return JSON.parse(value) as unknown;
			} catch {
				context.addIssue({ code: 'custom', message: "'Metadata' must be JSON" });
				return z.NEVER;
			}
		},
		z.record(z.unknown(), {
			errorMap: () => ({ message: '\'Metadata\' must be a JSON object such as {"userId": 7}' }),
		}),
	)
	.refine((value) => JSON.stringify(value).length <= 10_000, "'Metadata' must not be longer than 10,000 characters")
	.optional();

const countries = z
	.string()
	.default('')
	.transform(splitList)
	.refine((list) => list.every((country) => /^[A-Za-z]{2}$/.test(country)), {
		message: "'Allowed Countries' must be two-letter codes separated by commas, such as US, CA",
	});

const testNumbersSchema = z
	.object({
		number: z
			.array(z.object({ phone: z.unknown(), code: z.union([z.string(), z.number().transform(String)]).default('') }))
			.default([]),
	})
	.default({})
	.transform(({ number }): TestNumber[] => number.map(({ phone, code }) => ({ phone, code })));

const sendOptionsObject = z.object({
	allowedCountries: countries,
	clientIp: clientIpSchema,
	codeAlphabet: policySchema.shape.codeAlphabet,
	codeLength: codeLength.schema,
	defaultCountry: optional,
	expiresIn: expiresIn.schema,
	idempotencyKey: optional,
	limits: limitsOption,
	maxAttempts: maxAttempts.schema,
	metadata,
	namespace: trimmed('default'),
	purpose: trimmed('authentication'),
	testNumbers: testNumbersSchema,
	waitForDelivery: waitForDeliverySchema,
});

export const sendOptionsSchema = z.preprocess(withCaller, sendOptionsObject.default({}));
export type SendOptions = z.output<typeof sendOptionsSchema>;

/** The code expires with the wait, so that there is one end, which the store watches. */
export const waitOptionsSchema = z.preprocess(
	withCaller,
	sendOptionsObject
		.extend({ waitLimit: waitLimit.schema.removeDefault().optional() })
		.default({})
		.transform(({ waitLimit: limit, ...rest }): SendOptions => {
			return { ...rest, expiresIn: Math.min(rest.expiresIn, limit ?? rest.expiresIn) };
		}),
);
