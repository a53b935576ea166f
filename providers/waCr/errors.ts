import { explainStatus, findEntry, ProviderError, type ErrorEntry, type Refused } from '../errors';
import type { HttpResponse } from '../http';
import { readRefusal, type Refusal } from './envelope';

/** WA.cr's codes (docs/reference/providers.md 5.2). */
export const waCrErrors: readonly ErrorEntry[] = [
	{
		codes: ['UNAUTHORIZED'],
		class: 'credential',
		what: 'WA.cr does not accept the API token',
		fix: "Check 'API Token' in the credential",
	},
	{
		codes: ['INSUFFICIENT_SCOPE'],
		class: 'credential',
		what: 'The API token lacks a scope',
		fix: 'Give the token messages:send for codes and templates:read for the list of templates',
	},
	{
		codes: ['FEATURE_LIMIT_EXCEEDED'],
		class: 'account',
		what: "The WA.cr plan's limit of contacts or conversations is reached",
		fix: 'Remove contacts at WA.cr, or take a larger plan',
	},
	{
		codes: ['FEATURE_NOT_AVAILABLE'],
		class: 'account',
		what: 'The WA.cr plan has no WhatsApp templates',
		fix: 'Take a plan at WA.cr that has them',
	},
	{
		codes: ['WHATSAPP_NOT_CONFIGURED'],
		class: 'account',
		what: 'WhatsApp is not set up at WA.cr',
		fix: "Connect a WhatsApp number in WA.cr's settings, and set the default status and source of new contacts there",
	},
	{
		codes: ['CONTACT_OPTED_OUT'],
		class: 'recipient',
		what: 'This person wants no messages from you',
		fix: 'Send this person a code by SMS or e-mail',
	},
	{
		codes: ['RESOURCE_NOT_FOUND'],
		class: 'template',
		what: 'WA.cr finds no approved authentication template of this name in this language',
		fix: "Check 'Template' and 'Language'; a new template appears after Sync at WA.cr",
	},
	{
		codes: ['NOT_FOUND'],
		class: 'permanent',
		what: 'WA.cr finds no such contact',
		fix: 'Check the contact at WA.cr',
	},
	{
		codes: ['VALIDATION_ERROR'],
		class: 'permanent',
		what: 'WA.cr refused a value of the request',
		fix: "Check this node's fields; the details name the value",
	},
	{
		codes: ['RATE_LIMIT_EXCEEDED'],
		class: 'throttle',
		what: 'WA.cr is asked too often',
		fix: "Lower 'Messages per Second', or try again later",
	},
	{
		codes: ['MESSAGE_SEND_FAILED'],
		class: 'transient',
		what: 'WA.cr could not hand the message to WhatsApp',
		fix: 'Look at the number and the template at WA.cr, and try again later',
	},
	{
		codes: ['INTERNAL_ERROR'],
		class: 'transient',
		what: 'WA.cr broke off inside',
		fix: "Look at WA.cr's status and try again later; the message may have been sent",
		mayHaveArrived: true,
	},
];

/** What a VALIDATION_ERROR means by the field it names. */
const invalidFields: ReadonlyArray<Pick<ErrorEntry, 'class' | 'what' | 'fix'> & { field: string }> = [
	{
		field: 'phone',
		class: 'recipient',
		what: 'WA.cr does not take this number',
		fix: 'Send this person a code by SMS or e-mail',
	},
	{
		field: 'template_name',
		class: 'template',
		what: 'WA.cr does not take this template',
		fix: "Choose an approved authentication template in 'Template'",
	},
	{
		field: 'expiry_minutes',
		class: 'permanent',
		what: 'WA.cr does not take this lifetime',
		fix: "Set the option 'Expires In' to 1 to 60 minutes",
	},
];

/** Any answer that is no success. */
export function toProviderError(response: HttpResponse): ProviderError {
	const refusal = readRefusal(response);
	const { code, message, retryAfterSeconds } = refusal;
	const { status } = response;
	const details = detailsOf(refusal);
	return new ProviderError({
		...explain(refusal, status),
		providerCode: code ?? status,
		httpStatus: status,
		...(message === undefined ? {} : { title: message }),
		...(details === '' ? {} : { details: details.slice(0, 500) }),
		...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
	});
}

function explain({ code, fields, isExplicit }: Refusal, status: number): Omit<Refused, 'providerCode' | 'httpStatus'> {
	const isInvalid = code === 'VALIDATION_ERROR' || (code === undefined && status === 422);
	const field = isInvalid ? invalidFields.find(({ field: name }) => name in fields) : undefined;
	const known = field ?? findEntry(waCrErrors, isInvalid ? 'VALIDATION_ERROR' : (code ?? ''));
	if (known !== undefined) {
		const { class: errorClass, what, fix } = known;
		const mayHaveArrived = 'mayHaveArrived' in known && known.mayHaveArrived === true;
		return { class: errorClass, what, fix, ...(mayHaveArrived ? { mayHaveArrived } : {}) };
	}
	const isSuccess = status >= 200 && status < 300;
	if (!isSuccess || !isExplicit) return explainStatus(status);
	return { class: 'permanent', what: 'WA.cr refused the request', fix: 'The details say more' };
}

function detailsOf({ fields, text }: Refusal): string {
	const found = Object.entries(fields).map(([field, messages]) => `${field}: ${messages.join(' ')}`);
	return text ?? found.join('; ');
}
