import { z } from 'zod';
import { providerIds, type ProviderId } from './accounts';

/** What a provider can be asked for, under one name for all providers. */
export const callNames = [
	'send',
	'createTemplate',
	'listTemplates',
	'deleteTemplate',
	'setWebhook',
	'getWebhook',
	'deleteWebhook',
	'getStatus',
	'getAccount',
	'upsertTemplates',
	'updateTemplate',
	'previewTemplates',
	'setSettings',
	'getSettings',
	'login',
	'logout',
	'checkContact',
	'getHealth',
	'resend',
	'verify',
	'getCodeStatus',
] as const;

export type CallName = (typeof callNames)[number];

const effect = z
	.object({
		/** Answered after this time; may stand beside one of the others. */
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
		/** Refused with that code of the provider, in the provider's own envelope. */
		error: z
			.object({ code: z.union([z.number().int(), z.string()]), details: z.string().optional() })
			.strict()
			.optional(),
		/** Accepted, then reported as failed with that code. */
		failedWebhook: z.object({ code: z.number().int(), details: z.string().optional() }).strict().optional(),
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
		'only delayMs may stand beside another effect',
	);

export const faultSchema = z
	.object({
		provider: z.enum(providerIds).optional(),
		call: z.enum(callNames).optional(),
		/** Recipient, in any notation. */
		to: z
			.string()
			.transform((number) => number.replace(/\D/g, ''))
			.optional(),
		/** How many calls it hits; all unless given. */
		times: z.number().int().min(1).optional(),
		effect,
	})
	.strict();

export type NewFault = z.input<typeof faultSchema>;
export type Effect = z.output<typeof effect>;
export type Fault = z.output<typeof faultSchema> & { hits: number };

interface Occasion {
	provider: ProviderId;
	call: CallName;
	to: string | undefined;
}

/** Failures that were ordered. The first one that fits a call and isn't used up takes effect. */
export class Faults {
	private faults: Fault[] = [];

	add(fault: NewFault): void {
		this.faults.push({ ...faultSchema.parse(fault), hits: 0 });
	}

	list(): Fault[] {
		return [...this.faults];
	}

	clear(): void {
		this.faults = [];
	}

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
