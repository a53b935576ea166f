import { z } from 'zod';
import { Refusal } from '../../refusal';
import { otpTypes, type NewTemplate, type Otp, type Templates } from '../../templates';
import { bodyText, languages, wordingOf } from './wording';

/** Differences between the providers that pass a template on to Meta. */
export interface TemplateRules {
	/** Up to Graph v20, the button may name the app without `supported_apps` (docs/reference/providers.md 1.1). */
	flatAppFields: boolean;
	/** Bounds of `message_send_ttl_seconds`. The value -1 is always allowed (docs/reference/providers.md 1.2). */
	ttlSeconds: { min: number; max: number };
}

/** A constant in any case, because Meta's documents mix the cases (docs/reference/providers.md 1.1, `category`). */
const constant = <T extends [string, ...string[]]>(...values: T) =>
	z.preprocess((value) => (typeof value === 'string' ? value.toUpperCase() : value), z.enum(values));

const label = z
	.string()
	.min(1)
	.max(25)
	.regex(/^[^\p{Extended_Pictographic}]*$/u, 'Emoji are not supported');

const app = z.object({
	package_name: z
		.string()
		.max(224)
		.regex(/^[A-Za-z]\w*(\.[A-Za-z]\w*)+$/, 'Not a valid Android package name'),
	signature_hash: z.string().regex(/^[A-Za-z0-9+/=]{11}$/, 'Must be exactly 11 characters of [A-Za-z0-9+/=]'),
});

const otpButton = z
	.object({
		type: constant('OTP'),
		otp_type: constant(...otpTypes),
		text: label.optional(),
		autofill_text: label.optional(),
		zero_tap_terms_accepted: z.boolean().optional(),
		supported_apps: z.array(app).min(1).max(5).optional(),
		package_name: app.shape.package_name.optional(),
		signature_hash: app.shape.signature_hash.optional(),
	})
	.strict();

const body = z.object({ type: constant('BODY'), add_security_recommendation: z.boolean().optional() }).strict();

const footer = z
	.object({ type: constant('FOOTER'), code_expiration_minutes: z.number().int().min(1).max(90) })
	.strict();

const buttons = z
	.object({ type: constant('BUTTONS'), buttons: z.array(otpButton).length(1, 'Exactly one OTP button') })
	.strict();

const ttl = ({ ttlSeconds: { min, max } }: TemplateRules) =>
	z
		.number()
		.int()
		.refine(
			(seconds) => seconds === -1 || (seconds >= min && seconds <= max),
			`Must be between ${min} and ${max}, or -1`,
		);

const schema = (rules: TemplateRules) =>
	z.object({
		name: z
			.string()
			.max(512)
			.regex(/^[a-z0-9_]+$/, 'Only lower-case letters, digits and underscores'),
		language: z.string().refine((code) => languages.has(code), 'Not a supported template language'),
		category: constant('AUTHENTICATION', 'MARKETING', 'UTILITY'),
		components: z.array(z.record(z.unknown())),
		allow_category_change: z.boolean().optional(),
		message_send_ttl_seconds: ttl(rules).optional(),
	});

function invalid(details: string[]): Refusal {
	return new Refusal(100, { details });
}

type Type<Output> = z.ZodType<Output, z.ZodTypeDef, unknown>;

function check<Output>(type: Type<Output>, value: unknown, at: string): Output {
	const result = type.safeParse(value);
	if (result.success) return result.data;
	throw invalid(
		result.error.issues.map((issue) => `${[at, ...issue.path].filter(String).join('.')}: ${issue.message}`),
	);
}

/** The one component of this kind, or undefined. Throws if there are two. */
function only<Output>(
	components: Array<Record<string, unknown>>,
	kind: string,
	type: Type<Output>,
): Output | undefined {
	const found = components.flatMap((component, index) =>
		String(component.type).toUpperCase() === kind ? [index] : [],
	);
	if (found.length > 1) throw invalid([`components: only one ${kind} component is allowed`]);
	return found[0] === undefined ? undefined : check(type, components[found[0]], `components.${found[0]}`);
}

type Button = z.output<typeof otpButton>;

function appsOf(button: Button, rules: TemplateRules): Otp['apps'] {
	const { package_name, signature_hash } = button;
	const isFlat = package_name !== undefined || signature_hash !== undefined;
	if (isFlat && !rules.flatAppFields) {
		throw invalid(['package_name and signature_hash: use supported_apps from v21.0 on']);
	}
	if (package_name !== undefined && signature_hash !== undefined) return [{ package_name, signature_hash }];
	return button.supported_apps ?? [];
}

function otpOf(components: Array<Record<string, unknown>>, language: string, rules: TemplateRules): Otp {
	const unsupported = components.find(
		({ type }) => !['BODY', 'FOOTER', 'BUTTONS'].includes(String(type).toUpperCase()),
	);
	if (unsupported)
		throw invalid([`components: ${String(unsupported.type)} is not supported in authentication templates`]);
	const text = only(components, 'BODY', body);
	const expiry = only(components, 'FOOTER', footer);
	const button = only(components, 'BUTTONS', buttons)?.buttons[0];
	if (!text) throw invalid(['components: a BODY component is required']);
	if (!button) throw invalid(['components: a BUTTONS component with one OTP button is required']);
	const apps = appsOf(button, rules);
	if (button.otp_type !== 'COPY_CODE' && apps.length === 0) {
		throw invalid([`supported_apps: required for ${button.otp_type}`]);
	}
	if (button.otp_type === 'ZERO_TAP' && button.zero_tap_terms_accepted !== true) {
		throw invalid(['zero_tap_terms_accepted: must be true']);
	}
	const wording = wordingOf(language);
	return {
		type: button.otp_type,
		copyText: button.text ?? wording.copyCode,
		autofillText: button.autofill_text ?? wording.autofill,
		addSecurityRecommendation: text.add_security_recommendation ?? false,
		codeExpirationMinutes: expiry?.code_expiration_minutes,
		apps,
	};
}

/** The components in a list: text filled in, the OTP button of type URL (docs/reference/providers.md 1.1, S004). */
function listed(otp: Otp, language: string): unknown[] {
	const wording = wordingOf(language);
	const minutes = otp.codeExpirationMinutes;
	const query = new URLSearchParams({ otp_type: otp.type });
	if (otp.type !== 'COPY_CODE') {
		query.set('cta_display_name', otp.autofillText);
		query.set('package_name', otp.apps[0]?.package_name ?? '');
		query.set('signature_hash', otp.apps[0]?.signature_hash ?? '');
	}
	if (minutes !== undefined) query.set('code_expiration_minutes', String(minutes));
	const url = `https://www.whatsapp.com/otp/code/?${query.toString()}&code=otp`;
	return [
		{
			type: 'BODY',
			text: bodyText(wording, otp.addSecurityRecommendation),
			add_security_recommendation: otp.addSecurityRecommendation,
			example: { body_text: [['123456']] },
		},
		...(minutes === undefined
			? []
			: [{ type: 'FOOTER', text: wording.expiry(minutes), code_expiration_minutes: minutes }]),
		{
			type: 'BUTTONS',
			buttons: [{ type: 'URL', text: otp.copyText, url: `${url}{{1}}`, example: [`${url}123456`] }],
		},
	];
}

/**
 * Reads the body of a template creation as Meta does (docs/reference/providers.md 1.1, 1.2, 1.5).
 * Throws a Refusal with Meta's codes.
 */
export function readNewTemplate(body: unknown, rules: TemplateRules): NewTemplate {
	const { name, language, category, components, message_send_ttl_seconds } = check(schema(rules), body, '');
	if (category !== 'AUTHENTICATION') {
		throw invalid([`category: the sandbox only creates AUTHENTICATION templates, not ${category}`]);
	}
	const otp = otpOf(components, language, rules);
	return {
		name,
		language,
		category,
		components: listed(otp, language),
		otp,
		messageSendTtlSeconds: message_send_ttl_seconds,
	};
}

/** Reads `message_send_ttl_seconds` of an edit. */
export function readTtl(seconds: unknown, rules: TemplateRules): number {
	return check(ttl(rules), seconds, 'message_send_ttl_seconds');
}

/** Throws if the account cannot take this name and language any more (docs/reference/providers.md 1.5). */
export function checkRoomFor(created: NewTemplate, templates: Templates, provider: string): void {
	if (templates.find(provider, created.name, created.language)) {
		throw new Refusal(100, {
			subcode: 2388024,
			title: 'Content in This Language Already Exists',
			details: [`There is already ${created.language} content for template ${created.name}.`],
		});
	}
	if (templates.isBlocked(provider, created.name)) {
		throw new Refusal(100, {
			title: 'Message Template Name Is Being Deleted',
			details: [`The name ${created.name} can't be used for 30 days after its deletion.`],
		});
	}
	if (templates.list(provider).length >= 250) {
		throw new Refusal(100, {
			subcode: 2388019,
			title: 'Message Template Limit Exceeded',
			details: ['The account already has 250 templates.'],
		});
	}
}
