import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { codeLengths, policySchema } from '../../../verification';
import { checkLimits, clientIp, limitsOption, sendLimits } from './limits';
import { wholeNumber } from './number-field';

export const to: INodeProperties = {
	displayName: 'To',
	name: 'to',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. +12015553931',
	description:
		"The person's phone number with + and country code, or in national form together with the option Default Country",
};

export const verificationId: INodeProperties = {
	displayName: 'Verification ID',
	name: 'verificationId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. {{ $json.verificationId }}',
	description: 'The verificationId that Send put out',
};

const idEmpty = "'Verification ID' is empty";

export const verificationIdSchema = z
	.string({ required_error: idEmpty, invalid_type_error: "'Verification ID' is not text" })
	.trim()
	.min(1, idEmpty);

/** Whatever a web form posts is an answer to be given, not an error of the builder's (docs/reference/verification-rules.md 1.11). */
export const postedSchema = z.unknown();
export const postedIdSchema = z.unknown().transform((id) => (typeof id === 'string' ? id.trim() : ''));

const namespace: INodeProperties = {
	displayName: 'Namespace',
	name: 'namespace',
	type: 'string',
	default: 'default',
	description:
		'Keeps the verifications of several apps apart: what one namespace sends, another can neither see nor check',
};

const purpose: INodeProperties = {
	displayName: 'Purpose',
	name: 'purpose',
	type: 'string',
	default: 'authentication',
	description: 'What the code is for, such as sign-in or payment; a code is good for its own purpose only',
};

export const defaultCountry: INodeProperties = {
	displayName: 'Default Country',
	name: 'defaultCountry',
	type: 'string',
	default: '',
	placeholder: 'e.g. US',
	description: 'Two-letter country code for numbers without + and country code',
};

const collection: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
};

/**
 * A collection of options; n8n wants them by the alphabet.
 * Not by `localeCompare`, whose first call adds 6 ms to n8n's start.
 */
export function options(...fields: INodeProperties[]): INodeProperties {
	return { ...collection, options: fields.sort((a, b) => (a.displayName < b.displayName ? -1 : 1)) };
}

export const namespaceOptions = options(namespace);
export const checkOptions = options(defaultCountry, checkLimits, namespace, purpose);

const { digits, alphanumeric } = codeLengths;
const codeLength = wholeNumber(
	policySchema.shape,
	'codeLength',
	'Code Length',
	() =>
		`Of generated codes: ${digits.min} to ${digits.max} digits, or ${alphanumeric.min} to ${alphanumeric.max} letters and digits`,
);
const expiresIn = wholeNumber(
	policySchema.shape,
	'expiresIn',
	'Expires In (Seconds)',
	({ min, max }) =>
		`How long a code can be entered, ${min} to ${max}; keep it equal to the minutes in the template's footer`,
);
const maxAttempts = wholeNumber(
	policySchema.shape,
	'maxAttempts',
	'Max Attempts',
	() => 'Wrong codes after which the verification locks',
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
		description: 'What generated codes are made of',
	},
	codeLength.property,
	expiresIn.property,
	maxAttempts.property,
	{
		displayName: 'Metadata',
		name: 'metadata',
		type: 'json',
		default: '{}',
		description: 'JSON object that every answer and event of this verification gives back, such as a user ID',
	},
	namespace,
	sendLimits,
];

const messageFields: INodeProperties[] = [
	{
		displayName: 'Concurrency',
		name: 'concurrency',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 1000 },
		default: 100,
		description: 'How many items are sent at the same time',
	},
	{
		displayName: 'Idempotency Key',
		name: 'idempotencyKey',
		type: 'string',
		typeOptions: { password: false },
		default: '',
		description:
			'Sends with the same key within 24 hours are made once. Leave empty to tell sends apart by execution and item, so that Retry On Fail sends once.',
	},
	{
		displayName: 'Messages per Second',
		name: 'messagesPerSecond',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 80,
		description: "How fast many items are sent; leave out for the provider's own throughput, 0 sets no limit",
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
			'Two-letter country codes, separated by commas; numbers of other countries are not sent to. Recommended: message fraud comes from where no user lives.',
	},
	defaultCountry,
	purpose,
];

export const sendOptions = options(...verificationFields, ...messageFields, ...phoneFields);
export const resendOptions = options(...verificationFields, ...messageFields);
export const generateOptions = options(...verificationFields, ...phoneFields);

const trimmed = (fallback: string) =>
	z
		.string()
		.trim()
		.transform((text) => text || fallback)
		.default(fallback);
const optional = z
	.string()
	.trim()
	.transform((text) => text || undefined)
	.optional();

export const namespaceSchema = z.object({ namespace: trimmed('default') }).default({});

export const checkOptionsSchema = z
	.object({
		namespace: trimmed('default'),
		purpose: trimmed('authentication'),
		defaultCountry: optional,
		limits: limitsOption,
	})
	.default({});

const metadata = z
	.preprocess(
		(value, context) => {
			if (typeof value !== 'string') return value;
			if (value.trim() === '') return {};
			try {
				return JSON.parse(value) as unknown;
			} catch {
				context.addIssue({ code: 'custom', message: "'Metadata' is not JSON" });
				return z.NEVER;
			}
		},
		z.record(z.unknown(), {
			errorMap: () => ({ message: '\'Metadata\' must be a JSON object such as {"userId": 7}' }),
		}),
	)
	.refine((value) => JSON.stringify(value).length <= 10_000, "'Metadata' holds more than 10,000 characters")
	.optional();

const countries = z
	.string()
	.default('')
	.transform((text) => text.split(/[\s,;]+/).filter((country) => country !== ''))
	.refine((list) => list.every((country) => /^[A-Za-z]{2}$/.test(country)), {
		message: "'Allowed Countries' takes two-letter codes separated by commas, such as US, CA",
	});

export const sendOptionsSchema = z
	.object({
		allowedCountries: countries,
		clientIp: optional.refine(
			(ip) => ip === undefined || !ip.includes(','),
			"'Client IP' holds several addresses: pass the one that your own proxy tells, for callers can forge the others",
		),
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
	})
	.default({});
export type SendOptions = z.output<typeof sendOptionsSchema>;
