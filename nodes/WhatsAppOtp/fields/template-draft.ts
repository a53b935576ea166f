import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { templateDraft, type TemplateDraft, type TemplateLimits } from '../../../providers';
import { policySchema } from '../../../verification';

/** What a template says and does: the same to create it and to replace it. */
export const draftProperties: INodeProperties[] = [
	{
		displayName: 'OTP Type',
		name: 'otpType',
		type: 'options',
		options: [
			{ name: 'Copy Code', value: 'COPY_CODE', description: 'A button that copies the code; works everywhere' },
			{ name: 'One-Tap Autofill', value: 'ONE_TAP', description: 'A button that hands the code to your Android app' },
			{ name: 'Zero-Tap', value: 'ZERO_TAP', description: 'Hands the code to your Android app without a tap' },
		],
		default: 'COPY_CODE',
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
		description: "What the footer says; keep it equal to the Send operation's Expires In",
	},
	{
		displayName: 'Message Time to Live (Seconds)',
		name: 'messageSendTtlSeconds',
		type: 'number',
		default: 120,
		description: 'How long WhatsApp tries to deliver; shorter than the code lives, so that nobody gets a dead code',
	},
	{
		displayName: 'Copy Code Text',
		name: 'copyCodeText',
		type: 'string',
		default: '',
		placeholder: 'e.g. Copy code',
		description: "Label of the button, at most 25 characters; empty for WhatsApp's own in the template's language",
	},
	{
		displayName: 'Autofill Text',
		name: 'autofillText',
		type: 'string',
		default: '',
		placeholder: 'e.g. Autofill',
		displayOptions: { show: { otpType: ['ONE_TAP', 'ZERO_TAP'] } },
		description: "Label of the autofill button, at most 25 characters; empty for WhatsApp's own",
	},
	{
		displayName: 'Supported Apps',
		name: 'supportedApps',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add App' },
		default: {},
		displayOptions: { show: { otpType: ['ONE_TAP', 'ZERO_TAP'] } },
		description: 'The Android apps that may receive the code, one to five',
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
						description: "The app's signing key hash, 11 characters",
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
			'Whether you understand that zero-tap is subject to the WhatsApp Business Terms of Service, and that it is on you to make sure that people expect the code to be filled in on their behalf',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Legacy App Fields',
				name: 'legacyAppFields',
				type: 'boolean',
				default: false,
				description: 'Whether to name the app in the way of Graph API v20 and before',
			},
		],
	},
];

/** An emptied number field means: leave it out. */
const optionalNumber = z.preprocess((value) => (value === '' || value === null ? undefined : value), z.unknown());

/** The fields as n8n gives them; `readDraft` checks them against what WhatsApp takes. */
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
	const { legacyAppFields } = options;
	return templateDraft(limits).parse({
		...fields,
		name,
		languages,
		supportedApps: supportedApps?.app,
		legacyAppFields,
	});
}

/** What WhatsApp will take and people will stumble over. */
export function hintsFor(draft: TemplateDraft, { advisedTtl }: TemplateLimits): string[] {
	const { codeExpirationMinutes: minutes, messageSendTtlSeconds: ttl } = draft;
	const lifetime = policySchema.parse({}).expiresIn;
	const hints = [];
	if (minutes !== undefined && minutes * 60 !== lifetime) {
		hints.push(
			minutes * 60 <= 600
				? `The footer says ${minutes} minutes, and codes live ${lifetime / 60} unless Send's option 'Expires In' says ${minutes * 60}.`
				: `The footer says ${minutes} minutes, and no code lives longer than 10.`,
		);
	}
	const life = minutes === undefined ? lifetime : minutes * 60;
	if (ttl !== undefined && (ttl === -1 || ttl > life)) {
		const tries = ttl === -1 ? 'for days' : `for ${ttl} seconds`;
		hints.push(
			`WhatsApp tries to deliver ${tries}, longer than the ${life / 60} minutes that a code lives: some arrive dead.`,
		);
	}
	if (advisedTtl !== undefined && ttl !== undefined && ttl !== -1 && (ttl < advisedTtl.min || ttl > advisedTtl.max)) {
		hints.push(
			`The provider's own pages name ${advisedTtl.min} to ${advisedTtl.max} seconds to live; ${ttl} may be refused.`,
		);
	}
	return hints;
}
