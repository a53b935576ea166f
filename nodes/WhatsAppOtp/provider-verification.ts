import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { ProviderError, providers, type OwnCheck, type OwnVerification } from '../../providers';
import {
	readCode,
	resultOfEnded,
	type CheckOutcome,
	type Engine,
	type FindOutcome,
	type Verification,
} from '../../verification';
import { withoutQuotes, type Quotable } from '../shared/without-quotes';
import type { OperationContext } from './operation';
import { codeStatusOutput, verificationOutput } from './outputs';
import { notOffered } from './templates';

const verifiers = providers.filter(({ ownVerification }) => ownVerification !== undefined).map(({ id }) => id);

/** Some providers check codes themselves. For these the builder chooses the provider or the engine of this node. */
export const verifyWith: INodeProperties = {
	displayName: 'Verify With',
	name: 'verifyWith',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Provider', value: 'provider', description: 'The provider stores the code, checks it and sends new ones' },
		{ name: 'This Node', value: 'node', description: 'This node checks the code. The provider only delivers it.' },
	],
	default: 'provider',
	displayOptions: { show: { provider: verifiers } },
	description: 'Who checks the code. Choose the same for Resend, Verify and Get.',
};

export const verifyWithSchema = z.enum(['provider', 'node']).default('node');

type Context = Pick<OperationContext<unknown>, 'connect' | 'provider'>;

async function verifierOf({ connect, provider }: Context) {
	const { ownVerification } = provider;
	if (ownVerification === undefined) throw notOffered(provider);
	const { connection } = await connect();
	return {
		check: (entry: Parameters<OwnVerification<unknown>['check']>[1]) =>
			withoutQuotedRequest(ownVerification.check(connection, entry), entry),
		status: (subject: Parameters<OwnVerification<unknown>['status']>[1]) =>
			withoutQuotedRequest(ownVerification.status(connection, subject), subject),
	};
}

/** A refusal may quote the request. Neither the code nor the number may stand in the error that n8n keeps. */
async function withoutQuotedRequest<Answer>(call: Promise<Answer>, request: Quotable): Promise<Answer> {
	return await call.catch((error: unknown) => {
		if (!(error instanceof ProviderError)) throw error;
		throw new ProviderError(withoutQuotes(error.refused, request));
	});
}

/**
 * Lets the provider check a code. A check by phone names no verification, unless it approved one: another person may
 * have begun it (docs/reference/verification-rules.md 1.16).
 */
export async function checkAtProvider(
	context: Context & { parameters: { identifyBy: 'verificationId' | 'phone' } },
	engine: Engine,
	found: FindOutcome,
	code: unknown,
): Promise<CheckOutcome> {
	const { verification, ...outcome } = await askProvider(context, engine, found, code);
	const isShown = outcome.result === 'approved' || context.parameters.identifyBy === 'verificationId';
	return isShown ? { ...outcome, verification } : outcome;
}

/**
 * An approval counts only if it ends the verification in our store for the first time. So a repeated answer of the
 * provider approves only once.
 */
async function askProvider(context: Context, engine: Engine, found: FindOutcome, code: unknown): Promise<CheckOutcome> {
	if ('reason' in found) return { result: 'malformed', reason: found.reason };
	const { verification } = found;
	if (verification === undefined) return { result: 'not_found' };
	if (verification.status !== 'pending') return { result: resultOfEnded[verification.status], verification };
	const [reading] = readCode(code);
	if (reading === undefined) return { result: 'malformed', verification, reason: 'The code has the wrong format' };
	const { to, purpose } = verification;
	const verifier = await verifierOf(context);
	const answer = await verifier.check({ to, purpose, code: reading.canonical });
	if (answer.result !== 'approved' && answer.result !== 'locked') return { ...toOutcome(answer), verification };
	const ending = await engine.end(verification, answer.result);
	if (ending === undefined) return { result: 'not_found' };
	const { ended: endedNow, verification: ended } = ending;
	if (answer.result === 'approved' && !endedNow) return { result: 'already_used', verification: ended };
	return { ...toOutcome(answer), verification: ended, to: answer.result === 'approved' ? to : undefined };
}

function toOutcome({ result, retryAfterSeconds }: OwnCheck): CheckOutcome {
	return { result, retryAfterSeconds };
}

/** The verification in our store, with what the provider knows about the current code. */
export async function statusAtProvider(context: Context, verification: Verification): Promise<IDataObject> {
	const { to, purpose } = verification;
	const verifier = await verifierOf(context);
	return { ...verificationOutput(verification), ...codeStatusOutput(await verifier.status({ to, purpose })) };
}
