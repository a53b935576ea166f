import { z } from 'zod';
import type { HttpResponse } from '../http';

/**
 * How WA.cr wraps its answers is not published (docs/reference/providers.md 5): all that is guessed about it stands here. Success
 * is taken from `data` or from the top level, a refusal from `error`, from the top level, or from Laravel's `errors`.
 */
const object = z.record(z.unknown());
const text = z.string().min(1).optional().catch(undefined);
const count = z
	.union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
	.optional()
	.catch(undefined);

/** Laravel's: field -> sentences. */
const fieldMessages = z.record(z.union([z.array(z.string()), z.string().transform((message) => [message])])).catch({});

export interface Refusal {
	/** Absent where the answer names none. */
	code?: string;
	message?: string;
	/** What is wrong with which field. */
	fields: Record<string, string[]>;
	/** Details, or a body, that are plain text. */
	text?: string;
	retryAfterSeconds?: number;
	attemptsRemaining?: number;
	/** Whether the answer itself says no, whatever its HTTP status. */
	isExplicit: boolean;
}

const flags = z.object({ success: z.boolean().optional().catch(undefined), status: text });

/** @returns the fields of a success; undefined where the answer is none */
export function readData({ status, body }: HttpResponse): Record<string, unknown> | undefined {
	const answer = object.safeParse(body).data;
	if (answer === undefined || status < 200 || status > 299 || saysNo(answer)) return undefined;
	return object.safeParse(answer.data).data ?? answer;
}

function saysNo(answer: Record<string, unknown>): boolean {
	const { success, status } = flags.parse(answer);
	if (success !== undefined) return !success;
	return status === 'error' || [answer.error, answer.error_code, answer.errors].some(Boolean);
}

export function readRefusal({ body, headers }: HttpResponse): Refusal {
	const answer = object.safeParse(body).data;
	if (answer === undefined) {
		return { fields: {}, isExplicit: false, ...(typeof body === 'string' && body !== '' ? { text: body } : {}) };
	}
	const inner = object.safeParse(answer.error).data ?? {};
	const details = object.safeParse(inner.details).data ?? {};
	const places = [inner, details, answer, object.safeParse(answer.data).data ?? {}];
	const first = <Value>(type: z.ZodType<Value | undefined, z.ZodTypeDef, unknown>, ...names: string[]) => {
		const values = places.flatMap((place) => names.map((name) => type.parse(place[name])));
		return values.find((value) => value !== undefined);
	};
	const code = first(text, 'code', 'error_code');
	const message = first(text, 'message') ?? text.parse(answer.error);
	const retryAfterSeconds = first(count, 'retry_after') ?? count.parse(headers['retry-after']);
	const attemptsRemaining = first(count, 'attempts_remaining');
	const plain = text.parse(inner.details);
	return {
		fields: { ...fieldMessages.parse(answer.errors), ...fieldMessages.parse(inner.details) },
		isExplicit: saysNo(answer),
		...(code === undefined ? {} : { code }),
		...(message === undefined ? {} : { message }),
		...(plain === undefined ? {} : { text: plain }),
		...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
		...(attemptsRemaining === undefined ? {} : { attemptsRemaining }),
	};
}
