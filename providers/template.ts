import { z } from 'zod';
import { pastedText } from './pasted';

export const otpTypes = ['COPY_CODE', 'ONE_TAP', 'ZERO_TAP'] as const;
export type OtpType = (typeof otpTypes)[number];

/** A template as a provider lists it. Null: the provider does not say. */
export interface Template {
	id: string | null;
	name: string;
	language: string;
	/** Always in upper case, such as APPROVED. */
	status: string;
	category: string;
	otpType: OtpType | null;
	codeExpirationMinutes: number | null;
	messageSendTtlSeconds: number | null;
	/** Null also if the template was not rejected. */
	rejectedReason: string | null;
	/** The provider's own answer. */
	raw: Record<string, unknown>;
}

export interface TemplateLimits {
	/** The range of a message's time to live, in seconds. -1 is allowed, too. */
	ttl: { min: number; max: number };
	/** Whether a button may name its app without `supported_apps` (docs/reference/providers.md 1.1, 3.2). */
	takesLegacyAppFields?: true;
	/** The range that the provider documents, if it is narrower than the range that it accepts. */
	advisedTtl?: { min: number; max: number };
}

const label = (field: string) =>
	z
		.string()
		.max(25, `'${field}' has more than 25 characters`)
		.transform((text) => text || undefined)
		.optional();

/** People may write en-US; providers accept only en_US. */
const language = z
	.string()
	.regex(/^[a-z]{2,3}([_-][A-Za-z]{2,4})?$/, "'Language' must be a language code, for example en_US")
	.transform((code) => code.replace('-', '_'));

const app = z.object({
	packageName: pastedText.pipe(
		z
			.string()
			.max(224, "'Package Name' has more than 224 characters")
			.regex(
				/^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+$/,
				"'Package Name' must be an Android package name, for example com.example.app",
			),
	),
	signatureHash: pastedText.superRefine((hash, context) => {
		if (/^[A-Za-z0-9+/=]{11}$/.test(hash)) return;
		const encoded = /%[0-9A-Fa-f]{2}/.test(hash);
		context.addIssue({
			code: 'custom',
			message: encoded
				? "'Signature Hash' is URL-encoded: write %2F as / and %2B as +, which makes 11 characters"
				: "'Signature Hash' must have exactly 11 characters of A-Z, a-z, 0-9, +, / and =",
		});
	}),
});

/** Checks a template before it is created, by the rules of docs/reference/providers.md 1.1 and 1.2. */
export function templateDraft({ ttl }: TemplateLimits) {
	return z
		.object({
			name: z
				.string()
				.min(1, "'Name' is empty")
				.max(512, "'Name' has more than 512 characters")
				.regex(/^[a-z0-9_]+$/, "'Name' may contain only lower-case letters, digits and underscores"),
			languages: z.array(language).min(1),
			otpType: z.enum(otpTypes),
			addSecurityRecommendation: z.boolean().default(true),
			codeExpirationMinutes: z
				.number()
				.int("'Code Expiration (Minutes)' must be a whole number")
				.min(1, "'Code Expiration (Minutes)' must be 1 to 90")
				.max(90, "'Code Expiration (Minutes)' must be 1 to 90")
				.optional(),
			messageSendTtlSeconds: z
				.number()
				.int("'Message Time to Live (Seconds)' must be a whole number")
				.refine(
					(seconds) => seconds === -1 || (seconds >= ttl.min && seconds <= ttl.max),
					`'Message Time to Live (Seconds)' must be ${ttl.min} to ${ttl.max}, or -1 for the maximum`,
				)
				.optional(),
			copyCodeText: label('Copy Code Text'),
			autofillText: label('Autofill Text'),
			supportedApps: z.array(app).max(5, "'Supported Apps' has more than 5 apps").default([]),
			zeroTapTermsAccepted: z.boolean().default(false),
			legacyAppFields: z.boolean().default(false),
		})
		.superRefine((draft, context) => {
			const addIssue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
			if (draft.languages.length > 1 && (draft.copyCodeText ?? draft.autofillText) !== undefined) {
				addIssue(
					'languages',
					"'Copy Code Text' and 'Autofill Text' must be empty with several languages: WhatsApp writes the texts",
				);
			}
			if (draft.otpType !== 'COPY_CODE' && draft.supportedApps.length === 0) {
				addIssue('supportedApps', "'Supported Apps' needs at least one Android app for a one-tap or zero-tap button");
			}
			if (draft.otpType === 'ZERO_TAP' && !draft.zeroTapTermsAccepted) {
				addIssue('zeroTapTermsAccepted', "'Zero-Tap Terms Accepted' must be turned on to create a zero-tap template");
			}
			if (draft.legacyAppFields && draft.supportedApps.length > 1) {
				addIssue('supportedApps', "'Legacy App Fields' can name only one app");
			}
		});
}
export type TemplateDraft = z.output<ReturnType<typeof templateDraft>>;
