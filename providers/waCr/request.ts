import { z } from 'zod';
import type { Connection } from '../connection';
import { findEntry, meaningOf, ProviderError, shortened, type ErrorMeaning } from '../errors';
import type { ApiRequest, HttpResponse } from '../http';
import { explainCode, explainSentence } from '../meta/errors';
import { isHttpSuccess, meaningOfStatus, refusalOf, retryAfterSeconds } from '../response';
import type { Account } from './account';
import { waCrErrors, waCrInvalidFields } from './error-codes';

/*
 * WA.cr does not publish the shape of its answers (docs/reference/providers.md 5). This file holds all guesses about
 * it. A success has its fields in `data` or at the top level. A refusal has them in `error`, at the top level, or in
 * `errors`, as the framework Laravel writes them.
 */

/** Calls the API of WA.cr. */
export async function request(
	{ http, account }: Connection<Account>,
	{ path, ...rest }: ApiRequest,
): Promise<HttpResponse> {
	return await http({ ...rest, url: `${account.baseUrl}${path}` });
}

const object = z.record(z.unknown());
const text = z.string().min(1).optional().catch(undefined);
const count = z
	.union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
	.optional()
	.catch(undefined);

/** @returns the fields of a success; undefined if WA.cr refused */
export function readData(response: HttpResponse): Record<string, unknown> | undefined {
	const answer = object.safeParse(response.body).data;
	if (answer === undefined || !isHttpSuccess(response) || refuses(answer)) return undefined;
	return object.safeParse(answer.data).data ?? answer;
}

/**
 * @returns the fields of a success as the schema reads them
 * @throws ProviderError if WA.cr refused, or if the fields have another shape
 */
export function parseOrThrow<Answer>(schema: z.ZodType<Answer, z.ZodTypeDef, unknown>, response: HttpResponse): Answer {
	const answer = schema.safeParse(readData(response));
	if (!answer.success) throw toProviderError(response);
	return answer.data;
}

const flags = z.object({ success: z.boolean().optional().catch(undefined), status: text });

/** Whether the body itself says that WA.cr refused. */
function refuses(answer: Record<string, unknown>): boolean {
	const { success, status } = flags.parse(answer);
	if (success !== undefined) return !success;
	return status === 'error' || [answer.error, answer.error_code, answer.errors].some(Boolean);
}

/** The fields of a refusal. */
export interface RefusalFields {
	/** WA.cr's error code; undefined if the answer names none. */
	errorCode?: string;
	message?: string;
	/** What is wrong, by the name of the field. */
	fields: Record<string, string[]>;
	/** Details, or a whole body, that are plain text. */
	plainDetails?: string;
	retryAfterSeconds?: number;
	attemptsRemaining?: number;
	/** Whether the body itself says that WA.cr refused. */
	isExplicit: boolean;
}

/** Laravel's list: sentences by the name of the field. */
const fieldMessages = z.record(z.union([z.array(z.string()), z.string().transform((message) => [message])])).catch({});

/** WA.cr's codes are words. A number of six digits is a code of Meta. */
const codeText = z
	.union([z.string().min(1), z.number().int().min(100_000).transform(String)])
	.optional()
	.catch(undefined);

/** Reads a refusal in every shape that WA.cr may use. */
export function readRefusal(response: HttpResponse): RefusalFields {
	const { body } = response;
	const answer = object.safeParse(body).data;
	if (answer === undefined) return { fields: {}, isExplicit: false, plainDetails: text.parse(body) };
	const inner = object.safeParse(answer.error).data ?? {};
	const details = object.safeParse(inner.details).data ?? {};
	const places = [inner, details, answer, object.safeParse(answer.data).data ?? {}];
	const first = <Value>(type: z.ZodType<Value | undefined, z.ZodTypeDef, unknown>, ...names: string[]) => {
		const values = places.flatMap((place) => names.map((name) => type.parse(place[name])));
		return values.find((value) => value !== undefined);
	};
	return {
		errorCode: first(codeText, 'code', 'error_code'),
		message: first(text, 'message') ?? text.parse(answer.error),
		fields: { ...fieldMessages.parse(answer.errors), ...fieldMessages.parse(inner.details) },
		plainDetails: text.parse(inner.details),
		retryAfterSeconds: first(count, 'retry_after') ?? retryAfterSeconds(response),
		attemptsRemaining: first(count, 'attempts_remaining'),
		isExplicit: refuses(answer),
	};
}

/** The error of any answer that is not the expected success. */
export function toProviderError(response: HttpResponse): ProviderError {
	return refusalOf(response, (answer) => {
		const refusal = readRefusal(answer);
		const { errorCode, message, fields, plainDetails } = refusal;
		const fieldDetails = Object.entries(fields).map(([field, messages]) => `${field}: ${messages.join(' ')}`);
		return {
			...explain(refusal, answer),
			providerCode: errorCode ?? answer.status,
			httpStatus: answer.status,
			title: message,
			details: shortened(plainDetails ?? fieldDetails.join('; ')) || undefined,
			retryAfterSeconds: refusal.retryAfterSeconds,
		};
	});
}

/** Codes after which WA.cr's sentence can hold the refusal of Meta. */
const passesOn = new Set(['MESSAGE_SEND_FAILED', 'VALIDATION_ERROR']);

/** Meta's refusal, as a number in place of WA.cr's code or in the sentence. @returns undefined if there is none */
function explainPassedOn({ errorCode = '', message = '', plainDetails = '' }: RefusalFields): ErrorMeaning | undefined {
	return /^\d{6}$/.test(errorCode) ? explainCode(errorCode) : explainSentence(`${message} ${plainDetails}`);
}

function explain(refusal: RefusalFields, response: HttpResponse): ErrorMeaning {
	const { errorCode, fields, isExplicit } = refusal;
	const isInvalid = errorCode === 'VALIDATION_ERROR' || (errorCode === undefined && response.status === 422);
	const invalidField = isInvalid ? waCrInvalidFields.find(({ field }) => field in fields) : undefined;
	if (invalidField !== undefined) {
		const { class: errorClass, what, fix } = invalidField;
		return { class: errorClass, what, fix };
	}
	const known = findEntry(waCrErrors, isInvalid ? 'VALIDATION_ERROR' : (errorCode ?? ''));
	const passedOn = known === undefined || passesOn.has(errorCode ?? '') ? explainPassedOn(refusal) : undefined;
	if (passedOn !== undefined) return passedOn;
	if (known !== undefined) return meaningOf(known);
	if (!isHttpSuccess(response) || !isExplicit) return meaningOfStatus(response);
	return { class: 'permanent', what: 'WA.cr rejected the request', fix: 'The details say more' };
}
