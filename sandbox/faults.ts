import { z } from 'zod';

/** Meta's number or, for a provider whose errors have names, the name. */
const errorCode = z.union([z.number().int(), z.string()]);

const effect = z
	.object({
		/** The answer comes after this time. Can be combined with one of the other effects. */
		delayMs: z.number().int().min(0).max(600_000).optional(),
		/** Answered with exactly this; nothing is processed. A string is sent as it is. */
		answer: z
			.object({
				status: z.number().int().min(200).max(599),
				body: z.unknown(),
				contentType: z.string().optional(),
				headers: z.record(z.string()).optional(),
			})
			.strict()
			.optional(),
		/** Refused with this code of the provider, in the provider's own envelope. */
		error: z.object({ code: errorCode, details: z.string().optional() }).strict().optional(),
		/** Accepted, then reported as failed with this code. */
		failedWebhook: z.object({ code: errorCode, details: z.string().optional() }).strict().optional(),
		/** Accepted, but the answer names no message: 1MSG's `jobId` (docs/reference/providers.md 4.3). */
		queued: z.literal(true).optional(),
		/** Processed at once and answered after this time, so that webhooks can be faster. */
		lateAnswerMs: z.number().int().min(0).max(600_000).optional(),
		/** Processed, but the connection breaks before the answer. */
		loseAnswer: z.literal(true).optional(),
		/** The connection breaks before anything is processed. */
		dropRequest: z.literal(true).optional(),
	})
	.strict()
	.refine((value) => Object.keys(value).length > 0, 'has no effect')
	.refine(
		(value) => Object.keys(value).filter((name) => name !== 'delayMs').length <= 1,
		'only delayMs can be combined with another effect',
	);

/** A fault for the providers and calls that exist in this sandbox. */
export const faultSchemaOf = (provider: z.ZodType<string>, call: z.ZodType<string>) =>
	z
		.object({
			provider: provider.optional(),
			call: call.optional(),
			/** Recipient, in any notation. */
			to: z
				.string()
				.transform((number) => number.replace(/\D/g, ''))
				.optional(),
			/** The number of calls that it hits; default: all. */
			times: z.number().int().min(1).optional(),
			effect,
		})
		.strict();

type FaultSchema = ReturnType<typeof faultSchemaOf>;

export type NewFault = z.input<FaultSchema>;
export type ReadFault = z.output<FaultSchema>;
export type Effect = z.output<typeof effect>;
export type Fault = ReadFault & { hits: number };

interface Occasion {
	provider: string;
	call: string;
	to: string | undefined;
}

/** The ordered failures. The first one that fits a call and is not used up takes effect. */
export class Faults {
	private faults: Fault[] = [];

	add(fault: ReadFault): void {
		this.faults.push({ ...fault, hits: 0 });
	}

	list(): Fault[] {
		return [...this.faults];
	}

	clear(): void {
		this.faults = [];
	}

	/** Counts a hit of the fault that fits, and returns its effect. */
	take({ provider, call, to }: Occasion): Effect {
		const fault = this.faults.find(
			(one) =>
				(one.provider ?? provider) === provider &&
				(one.call ?? call) === call &&
				(one.to === undefined || one.to === to) &&
				one.hits < (one.times ?? Infinity),
		);
		if (!fault) return {};
		fault.hits += 1;
		return fault.effect;
	}
}
