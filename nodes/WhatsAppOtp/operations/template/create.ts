import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { templateDraft } from '../../../../providers';
import { policySchema } from '../../../../verification';
import { defineOperation } from '../../operation';
import { notOffered, templateAnswer, templatesOf } from '../../templates';

const properties: INodeProperties[] = [
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. verification_code',
		description: 'Lower-case letters, digits and underscores; at most 512',
	},
	{
		displayName: 'Language',
		name: 'language',
		type: 'string',
		required: true,
		default: 'en_US',
		placeholder: 'e.g. en_US',
		description: 'WhatsApp writes the text in this language',
	},
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

export const create = defineOperation({
	resource: 'template',
	value: 'create',
	name: 'Create',
	action: 'Create an authentication template',
	description: 'Create an authentication template and hand it in for approval',
	outputs: ['main'],
	callsProvider: true,
	properties,
	parameters: z.object({
		name: z.string().trim(),
		language: z.string().trim(),
		otpType: z.unknown(),
		addSecurityRecommendation: z.unknown(),
		codeExpirationMinutes: optionalNumber,
		messageSendTtlSeconds: optionalNumber,
		copyCodeText: z.unknown(),
		autofillText: z.unknown(),
		supportedApps: z.object({ app: z.array(z.unknown()).default([]) }).optional(),
		zeroTapTermsAccepted: z.unknown(),
		options: z.object({ legacyAppFields: z.boolean().default(false) }).default({}),
	}),
	async execute({ host, connect, parameters }) {
		const target = await connect();
		const { templates, connection } = templatesOf(target);
		if (templates.create === undefined) throw notOffered(target.provider);
		const { language, supportedApps, options, ...fields } = parameters;
		const draft = templateDraft(templates.limits).parse({
			...fields,
			languages: [language],
			supportedApps: supportedApps?.app,
			legacyAppFields: options.legacyAppFields,
		});
		const { codeExpirationMinutes: minutes, messageSendTtlSeconds: ttl } = draft;
		const lifetime = policySchema.parse({}).expiresIn;
		if (minutes !== undefined && minutes * 60 !== lifetime) {
			host.addExecutionHints({
				message: `The footer says ${minutes} minutes, and codes live ${lifetime / 60} unless Send's option 'Expires In' says ${minutes * 60}.`,
			});
		}
		if (minutes !== undefined && ttl !== undefined && ttl > minutes * 60) {
			host.addExecutionHints({
				message: `WhatsApp tries to deliver for ${ttl} seconds, longer than the ${minutes} minutes that a code lives: some will arrive dead.`,
			});
		}
		const created = await templates.create(connection, draft);
		return { output: 'main', items: created.map((template) => templateAnswer(template)) };
	},
});
