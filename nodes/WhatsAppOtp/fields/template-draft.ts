import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { providers, templateDraft, type TemplateDraft, type TemplateLimits } from '../../../providers';
import { policySchema } from '../../../verification';

/** Only some providers still take the older fields of an app. */
const withLegacyAppFields = providers
	.filter(({ templates }) => templates?.limits.takesLegacyAppFields === true)
	.map(({ id }) => id);

/** The content of a template, for Create and Update. */
export const draftProperties: INodeProperties[] = [
	{
		displayName: 'OTP Type',
		name: 'otpType',
		type: 'options',
		options: [
			{
				name: 'Copy Code',
				value: 'COPY_CODE',
				description:
					'A button that copies the code. Works on all phones. iOS 26 also offers the code above the keyboard.',
			},
			{
				name: 'One-Tap Autofill',
				value: 'ONE_TAP',
				description:
					"A button that fills the code into your Android app, which must use WhatsApp's OTP Android SDK. " +
					'Other phones show a button that copies the code.',
			},
			{
				name: 'Zero-Tap',
				value: 'ZERO_TAP',
				description:
					"Fills the code into your Android app without a tap. The app must use WhatsApp's OTP Android SDK. " +
					'Other phones show a button that copies the code.',
			},
		],
		default: 'COPY_CODE',
		description:
			'Choose Copy Code for websites and most apps: it works on all phones. ' +
			"Choose One-Tap Autofill for your own Android app, after you have built WhatsApp's OTP Android SDK into it. " +
			'Choose Zero-Tap only if people expect that your Android app fills in the code without a tap.',
	},
	{
		displayName: 'Add Security Recommendation',
		name: 'addSecurityRecommendation',
		type: 'boolean',
		default: true,
		description: 'Whether the message says "For your security, do not share this code."',
	},
	{
		displayName: 'Code Expiration (Minutes)',
		name: 'codeExpirationMinutes',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 90 },
		default: 5,
		description: "The minutes in the footer of the message. Use the same time as the option 'Expires In' of Send.",
	},
	{
		displayName: 'Message Time to Live (Seconds)',
		name: 'messageSendTtlSeconds',
		type: 'number',
		default: 120,
		description: 'How long WhatsApp tries to deliver the message. Use a shorter time than the code is valid.',
	},
	{
		displayName: 'Copy Code Text',
		name: 'copyCodeText',
		type: 'string',
		default: '',
		placeholder: 'e.g. Copy code',
		description:
			"Label of the button, at most 25 characters. Leave empty for WhatsApp's own label in the template's language.",
	},
	{
		displayName: 'Autofill Text',
		name: 'autofillText',
		type: 'string',
		default: '',
		placeholder: 'e.g. Autofill',
		displayOptions: { show: { otpType: ['ONE_TAP', 'ZERO_TAP'] } },
		description: "Label of the autofill button, at most 25 characters. Leave empty for WhatsApp's own label.",
	},
	{
		displayName: 'Supported Apps',
		name: 'supportedApps',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add App' },
		default: {},
		displayOptions: { show: { otpType: ['ONE_TAP', 'ZERO_TAP'] } },
		description:
			"The Android apps that can receive the code, one to five. Each must use WhatsApp's OTP Android SDK: " +
			'the former handshake between app and WhatsApp ended on 15 October 2026.',
		options: [
			{
				name: 'app',
				displayName: 'App',
				values: [
					{
						displayName: 'Package Name',
						name: 'packageName',
						type: 'string',
						default: '',
						placeholder: 'e.g. com.example.app',
					},
					{
						displayName: 'Signature Hash',
						name: 'signatureHash',
						type: 'string',
						default: '',
						placeholder: 'e.g. K8a/AINcGX7',
						description: "The hash of the app's signing key, 11 characters",
					},
				],
			},
		],
	},
	{
		displayName: 'Zero-Tap Terms Accepted',
		name: 'zeroTapTermsAccepted',
		type: 'boolean',
		default: false,
		displayOptions: { show: { otpType: ['ZERO_TAP'] } },
		description:
			'Whether you understand that zero-tap is subject to the WhatsApp Business Terms of Service, ' +
			'and that you must make sure that people expect the code to be filled in for them',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions: { show: { provider: withLegacyAppFields } },
		options: [
			{
				displayName: 'Legacy App Fields',
				name: 'legacyAppFields',
				type: 'boolean',
				default: false,
				description: 'Whether to send the app in the older format, without the list of supported apps',
			},
		],
	},
];

/** An empty number field means undefined. */
const optionalNumber = z.preprocess((value) => (value === '' || value === null ? undefined : value), z.unknown());

/** The fields as n8n returns them. `readDraft` checks them against WhatsApp's limits. */
export const draftFields = {
	otpType: z.unknown(),
	addSecurityRecommendation: z.unknown(),
	codeExpirationMinutes: optionalNumber,
	messageSendTtlSeconds: optionalNumber,
	copyCodeText: z.unknown(),
	autofillText: z.unknown(),
	supportedApps: z.object({ app: z.array(z.unknown()).default([]) }).optional(),
	zeroTapTermsAccepted: z.unknown(),
	options: z.object({ legacyAppFields: z.boolean().default(false) }).default({}),
};

type DraftFields = z.output<z.ZodObject<typeof draftFields>>;

/** @throws ZodError whose messages name the field and its limit */
export function readDraft(
	{ supportedApps, options, ...fields }: DraftFields,
	{ name, languages }: Pick<TemplateDraft, 'name' | 'languages'>,
	limits: TemplateLimits,
): TemplateDraft {
	const legacyAppFields = options.legacyAppFields && limits.takesLegacyAppFields === true;
	return templateDraft(limits).parse({
		...fields,
		name,
		languages,
		supportedApps: supportedApps?.app,
		legacyAppFields,
	});
}

/** The draft that the fields hold before a builder changes them. */
export function defaultDraft(about: Pick<TemplateDraft, 'name' | 'languages'>, limits: TemplateLimits): TemplateDraft {
	const fields = Object.fromEntries(draftProperties.map(({ name, default: initial }) => [name, initial]));
	return readDraft(z.object(draftFields).parse(fields), about, limits);
}

/** Advice on values that WhatsApp accepts but that cause problems for people. */
export function hintsFor(draft: TemplateDraft, { advisedTtl }: TemplateLimits): string[] {
	const { codeExpirationMinutes: minutes, messageSendTtlSeconds: ttl } = draft;
	const lifetime = policySchema.parse({}).expiresIn;
	const hints = [];
	if (minutes !== undefined && minutes * 60 !== lifetime) {
		hints.push(
			minutes * 60 <= 600
				? `The footer says ${minutes} minutes, but codes expire after ${lifetime / 60}. ` +
						`Set the option 'Expires In' of Send to ${minutes * 60} seconds.`
				: `The footer says ${minutes} minutes, but no code is valid for more than 10 minutes.`,
		);
	}
	const validFor = minutes === undefined ? lifetime : minutes * 60;
	if (ttl !== undefined && (ttl === -1 || ttl > validFor)) {
		const duration = ttl === -1 ? 'days' : `${ttl} seconds`;
		hints.push(
			`WhatsApp tries to deliver for ${duration}, but a code is valid for ${validFor / 60} minutes. ` +
				'Some codes will arrive expired.',
		);
	}
	if (advisedTtl !== undefined && ttl !== undefined && ttl !== -1 && (ttl < advisedTtl.min || ttl > advisedTtl.max)) {
		hints.push(
			`The provider's documentation allows ${advisedTtl.min} to ${advisedTtl.max} seconds of time to live. ` +
				`It may reject ${ttl}.`,
		);
	}
	return hints;
}
