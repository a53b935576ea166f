import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { checkOptions, checkOptionsSchema, postedIdSchema, postedSchema, to, verificationId } from '../../fields/otp';
import { defineOperation } from '../../operation';
import { checkOutput } from '../../outputs';
import { checkAtProvider, verifyWith, verifyWithSchema } from '../../provider-verification';

const identifyBy: INodeProperties = {
	displayName: 'Identify By',
	name: 'identifyBy',
	type: 'options',
	options: [
		{ name: 'Verification ID', value: 'verificationId', description: 'Check the verification that Send started' },
		{ name: 'Phone', value: 'phone', description: 'Check all pending verifications of a phone number' },
	],
	default: 'verificationId',
};

const code: INodeProperties = {
	displayName: 'Code',
	name: 'code',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. {{ $json.code }}',
	description: 'The code that the person entered. Spaces and dashes are ignored.',
};

const byId: INodeProperties = { ...verificationId, displayOptions: { show: { identifyBy: ['verificationId'] } } };
const byPhone: INodeProperties = { ...to, displayOptions: { show: { identifyBy: ['phone'] } } };

export const verify = defineOperation({
	resource: 'otp',
	value: 'verify',
	name: 'Verify',
	action: 'Verify code',
	description: 'Check the code that a person entered',
	outputs: ['Not Verified', 'Verified'],
	callsProvider: false,
	asksVerifier: true,
	properties: [verifyWith, identifyBy, byId, byPhone, code, checkOptions],
	parameters: z.object({
		verifyWith: verifyWithSchema,
		identifyBy: z.enum(['verificationId', 'phone']),
		verificationId: postedIdSchema,
		to: postedSchema,
		code: postedSchema,
		options: checkOptionsSchema,
	}),
	async execute(context) {
		const { identifyBy, verificationId, to, code, options } = context.parameters;
		const { namespace, purpose, defaultCountry } = options;
		const { limits } = options.limits;
		const engine = await context.engine();
		const by = identifyBy === 'phone' ? { phone: to, defaultCountry } : { verificationId };
		const outcome =
			context.parameters.verifyWith === 'provider'
				? await checkAtProvider(context, engine, await engine.find({ by, namespace, purpose }), code)
				: await engine.check({ code, namespace, purpose, by, limits });
		return {
			output: outcome.result === 'approved' ? 'Verified' : 'Not Verified',
			items: [checkOutput(outcome, purpose)],
		};
	},
});
