import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import type { FindOutcome } from '../../../../verification';
import { idEmptyReason } from '../../check-reasons';
import { checkOptions, checkOptionsSchema } from '../../fields/options';
import { postedIdSchema, postedSchema, to, verificationId } from '../../fields/otp';
import { defineOperation, type OperationContext } from '../../operation';
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
	placeholder: 'e.g. {{ $json.Code }}',
	hint: 'Drag the answer of the person here, such as a field of a form',
	description: 'The code that the person entered. Spaces and dashes are ignored.',
	builderHint: {
		propertyHint: 'What the person typed, from the form or webhook after Send. The output of Send never has the code.',
	},
};

const byId: INodeProperties = { ...verificationId, displayOptions: { show: { identifyBy: ['verificationId'] } } };
/** Optional, so it is a field of another name than 'To', which is required. */
const expectedTo: INodeProperties = {
	displayName: 'Expected Phone Number (Optional)',
	name: 'expectedTo',
	type: 'string',
	default: '',
	placeholder: 'e.g. +12015553931',
	displayOptions: { show: { identifyBy: ['verificationId'] } },
	description:
		'If your workflow already knows the number, enter it here. A verification of another number is then not found. ' +
		"Leave empty to accept any number, and continue with 'to' of the output, which is the verified number.",
};

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
	properties: [verifyWith, identifyBy, byId, expectedTo, byPhone, code, checkOptions],
	parameters: z.object({
		verifyWith: verifyWithSchema,
		identifyBy: z.enum(['verificationId', 'phone']),
		verificationId: postedIdSchema,
		expectedTo: postedSchema,
		to: postedSchema,
		code: postedSchema,
		options: checkOptionsSchema,
	}),
	async execute(context) {
		const { identifyBy, verificationId, expectedTo, to, code, options } = context.parameters;
		const { namespace, purpose, defaultCountry, clientIp: callerIp } = options;
		const { limits } = options.limits;
		const engine = await context.engine();
		const expected = expectsNumber(context) ? { phone: expectedTo, defaultCountry } : undefined;
		const by = identifyBy === 'phone' ? { phone: to, defaultCountry } : { verificationId, expected };
		const isProviders = context.parameters.verifyWith === 'provider';
		const found = isProviders ? await engine.find({ by, namespace, purpose }) : undefined;
		const outcome =
			found === undefined || isOfTestNumber(found)
				? await engine.check({ code, namespace, purpose, by, limits, callerIp })
				: await checkAtProvider(context, engine, found, code);
		const isIdEmpty = outcome.result === 'not_found' && identifyBy === 'verificationId' && verificationId === '';
		return {
			output: outcome.result === 'approved' ? 'Verified' : 'Not Verified',
			items: [checkOutput(isIdEmpty ? { ...outcome, reason: idEmptyReason } : outcome, purpose)],
		};
	},
});

/** The provider knows nothing of it. */
function isOfTestNumber(found: FindOutcome): boolean {
	return 'verification' in found && found.verification?.isTest === true;
}

/** Whether the builder filled in the field. An expression without a value is filled in: then the number is wrong. */
function expectsNumber({ host }: Pick<OperationContext<unknown>, 'host'>): boolean {
	return (host.getNode().parameters.expectedTo ?? '') !== '';
}
