import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { pasted } from '../../../providers';
import { codeLengths, policySchema, type TestNumber } from '../../../verification';
import { checkLimits, clientIp, limitsOption, sendLimits } from './limits';
import { splitList } from './list-field';
import { wholeNumber } from './number-field';

export const to: INodeProperties = {
	displayName: 'To',
	name: 'to',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. +12015553931',
	hint: 'With + and country code, such as +12015553931',
	description:
		"The person's phone number with + and country code, or in national format together with the option Default Country",
};

export const verificationId: INodeProperties = {
	displayName: 'Verification ID',
	name: 'verificationId',
	type: 'string',
	required: true,
	default: '',
	placeholder: "e.g. {{ $('Send code').item.json.verificationId }}",
	hint: 'Drag verificationId here from the output of the node that sent the code',
	description: 'It names the verification that Send started. Each code belongs to one verification.',
	builderHint: {
		propertyHint:
			"Use verificationId of the node with the operation Send: {{ $('Send code').item.json.verificationId }}. " +
			'Name that node, because a form after Send does not pass the field on.',
	},
};

const idEmpty = "'Verification ID' is empty";

export const verificationIdSchema = z
	.string({ required_error: idEmpty, invalid_type_error: "'Verification ID' must be text" })
	.transform((id) => pasted('trimmed', id))
	.pipe(z.string().min(1, idEmpty));

/**
 * Values that a web form posts, of any type. A wrong value is an input of the person and gets an output, not an error
 * for the builder (docs/reference/verification-rules.md 1.11).
 */
export const postedSchema = z.unknown();
export const postedIdSchema = z.unknown().transform((id) => (typeof id === 'string' ? pasted('trimmed', id) : ''));

const namespace: INodeProperties = {
	displayName: 'Namespace',
	name: 'namespace',
	type: 'string',
	default: 'default',
	description:
		'Keeps the verifications of several apps separate. ' +
		'Do not take it from a request, because limits count for each namespace. ' +
		'It does not separate teams: each team needs a store credential with a separate Signing Secret.',
};

const purpose: INodeProperties = {
	displayName: 'Purpose',
	name: 'purpose',
	type: 'string',
	default: 'authentication',
	description:
		'What the code is for, such as sign-in or payment. A code is valid only for its purpose. ' +
		'Do not take it from a request.',
};

export const defaultCountry: INodeProperties = {
	displayName: 'Default Country',
	name: 'defaultCountry',
	type: 'string',
	default: '',
	placeholder: 'e.g. US',
	description: 'Two-letter code of the country for numbers without + and country code',
};

const collection: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
};

/** The options that most builders need, in this order. The editor lists them before the others. */
const needed = ['allowedCountries', 'expiresIn', 'maxAttempts', 'defaultCountry', 'codeLength', 'metadata', 'limits'];

/** Options that only builders of large or unusual workflows need. The editor lists them last. */
const rare = ['idempotencyKey', 'messagesPerSecond', 'concurrency', 'namespace'];

function rank({ name }: INodeProperties): number {
	if (needed.includes(name)) return needed.indexOf(name);
	return needed.length + 1 + rare.indexOf(name);
}

/** A collection of options in the order of need. */
export function options(...fields: INodeProperties[]): INodeProperties {
	return { ...collection, options: fields.sort((a, b) => rank(a) - rank(b)) };
}

export const namespaceOptions = options(namespace);
export const checkOptions = options(clientIp, defaultCountry, checkLimits, namespace, purpose);

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

/** Longer than any code is valid. */
const maxWait = 600;

const waitForDelivery: INodeProperties = {
	displayName: 'Wait for Delivery (Seconds)',
	name: 'waitForDelivery',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: maxWait },
	default: 30,
	description:
		'How long to wait until the message is on the phone. If it is not, the item leaves by Not Sent. ' +
		'The code stays valid, so Generate can continue with another channel. It needs at least 30 seconds then, because ' +
		'of the pause between two codes. 0 does not wait. ' +
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

/** Text; an empty field means the fallback. */
const trimmed = (fallback: string) =>
	z
		.string()
		.trim()
		.transform((text) => text || fallback)
		.default(fallback);
/** Text; an empty field means undefined. */
const optional = z
	.string()
	.trim()
	.transform((text) => text || undefined)
	.optional();

/** An empty address stays: the engine counts all callers without their address as one. */
const clientIpSchema = z
	.string()
	.trim()
	.refine(
		(ip) => !ip.includes(','),
		"'Client IP' must be one address. Use the address that your own proxy reports: callers can forge the others",
	)
	.optional();

/** An option that is there without a value, such as a header that is missing, is not the same as no option. */
const withCaller = (options: unknown): unknown =>
	typeof options === 'object' && options !== null && 'clientIp' in options
		? { ...options, clientIp: options.clientIp ?? '' }
		: options;

export const namespaceSchema = z.object({ namespace: trimmed('default') }).default({});

export const checkOptionsSchema = z.preprocess(
	withCaller,
	z
		.object({
			namespace: trimmed('default'),
			purpose: trimmed('authentication'),
			clientIp: clientIpSchema,
			defaultCountry: optional,
			limits: limitsOption,
		})
		.default({}),
);

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
