import { z } from 'zod';
import { otpTypes, type OtpType, type Template, type TemplateDraft } from '../template';
import { isObject, objectOf, wholeNumber } from '../webhook';

/** The body that creates a template in one language (docs/reference/providers.md 1.1). */
export function templateBody(draft: TemplateDraft, language: string) {
	return { ...templateContent(draft), language };
}

/** The part of the body that is the same in all languages. */
export function templateContent(draft: TemplateDraft) {
	return { name: draft.name, category: 'AUTHENTICATION', ...templateSettings(draft) };
}

/** The part of the body that can be changed later. */
export function templateSettings(draft: TemplateDraft) {
	return {
		message_send_ttl_seconds: draft.messageSendTtlSeconds,
		components: draftComponents(draft),
	};
}

function draftComponents(draft: TemplateDraft) {
	const body = { type: 'BODY', add_security_recommendation: draft.addSecurityRecommendation };
	const footer = { type: 'FOOTER', code_expiration_minutes: draft.codeExpirationMinutes };
	const buttons = { type: 'BUTTONS', buttons: [otpButton(draft)] };
	return draft.codeExpirationMinutes === undefined ? [body, buttons] : [body, footer, buttons];
}

function otpButton(draft: TemplateDraft) {
	const button = { type: 'OTP', otp_type: draft.otpType, text: draft.copyCodeText };
	if (draft.otpType === 'COPY_CODE') return button;
	const apps = draft.supportedApps.map(({ packageName, signatureHash }) => ({
		package_name: packageName,
		signature_hash: signatureHash,
	}));
	return {
		...button,
		autofill_text: draft.autofillText,
		zero_tap_terms_accepted: draft.otpType === 'ZERO_TAP' ? draft.zeroTapTermsAccepted : undefined,
		// The Graph API up to v20.0 takes one app, as fields of the button (docs/reference/providers.md 1.1).
		...(draft.legacyAppFields ? apps[0] : { supported_apps: apps }),
	};
}

const creation = z.object({
	id: z.union([z.string(), z.number()]).optional().catch(undefined),
	status: z.string().optional().catch(undefined),
	category: z.string().optional().catch(undefined),
});

/** The template that was created: from the draft, because the answer says little about it. */
export function createdTemplate(draft: TemplateDraft, language: string, answer: Record<string, unknown>): Template {
	const { id, status = 'PENDING', category = 'AUTHENTICATION' } = creation.parse(answer);
	return {
		id: id === undefined ? null : String(id),
		name: draft.name,
		language: language.replace('-', '_'),
		status: status.toUpperCase(),
		category: category.toUpperCase(),
		otpType: draft.otpType,
		codeExpirationMinutes: draft.codeExpirationMinutes ?? null,
		messageSendTtlSeconds: draft.messageSendTtlSeconds ?? null,
		rejectedReason: null,
		raw: answer,
	};
}

const optionalText = z.string().optional().catch(undefined);

/** A list, or a JSON text of one (docs/reference/providers.md 4.4). Empty for anything else. */
const components = z
	.unknown()
	.transform((given) => (typeof given === 'string' ? jsonOf(given) : given))
	.transform((given) => (Array.isArray(given) ? given : []).filter(isObject));

/** A code such as en_US, or an object that holds it (docs/reference/providers.md 4.4). */
const language = z.union([z.string(), z.object({ code: z.string() }).transform(({ code }) => code)]);

/** Only name and language must be there: a template that is left out cannot be chosen, and nothing says why. */
const listed = z
	.object({
		id: z.union([z.string(), z.number()]).optional().catch(undefined),
		name: z.string().min(1),
		language: language.pipe(z.string().min(1)),
		status: optionalText,
		category: optionalText,
		rejected_reason: optionalText,
		message_send_ttl_seconds: wholeNumber,
		components,
	})
	.passthrough();

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const footer = z.object({ type: z.string(), code_expiration_minutes: z.number() });
const buttons = z.object({ buttons: z.array(z.record(z.unknown())) });

/** Reads one entry of a list. @returns undefined if it is not a template */
export function readTemplate(entry: unknown): Template | undefined {
	const template = listed.safeParse(entry).data;
	if (template === undefined) return undefined;
	const minutes = template.components.map((component) => footer.safeParse(component).data?.code_expiration_minutes);
	return {
		id: template.id === undefined ? null : String(template.id),
		name: template.name,
		// Meta writes both en-US and en_US (docs/reference/providers.md 6.17).
		language: template.language.replace('-', '_'),
		status: (template.status ?? 'PENDING').toUpperCase(),
		category: (template.category ?? 'AUTHENTICATION').toUpperCase(),
		otpType: otpTypeOf(template.components),
		codeExpirationMinutes: minutes.find((value) => value !== undefined) ?? null,
		messageSendTtlSeconds: template.message_send_ttl_seconds ?? null,
		rejectedReason: (template.rejected_reason ?? 'NONE') === 'NONE' ? null : String(template.rejected_reason),
		raw: objectOf(entry),
	};
}

/**
 * Lists show an OTP button as a URL button (docs/reference/providers.md 1.1). If the provider tells the OTP type, it is
 * in the button's URL.
 */
function otpTypeOf(components: Array<Record<string, unknown>>): OtpType | null {
	const found = components.flatMap((component) => buttons.safeParse(component).data?.buttons ?? []);
	for (const button of found) {
		const text = JSON.stringify(button).toUpperCase();
		const type = otpTypes.find((candidate) => text.includes(`"${candidate}"`) || text.includes(`=${candidate}`));
		if (type !== undefined) return type;
		if (/CODE=OTP|OTP_TYPE|OTP\{\{1\}\}/.test(text)) return 'COPY_CODE';
	}
	return null;
}
