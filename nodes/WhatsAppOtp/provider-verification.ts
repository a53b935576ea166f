import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { providers, type OwnCheck, type OwnVerification } from '../../providers';
import {
	readCode,
	resultOfEnded,
	type CheckOutcome,
	type Engine,
	type FindOutcome,
	type Verification,
} from '../../verification';
import { ownStatusAnswer, verificationAnswer } from './outputs';
import type { OperationContext } from './operation';
import { notOffered } from './templates';

const verifiers = providers.filter(({ ownVerification }) => ownVerification !== undefined).map(({ id }) => id);

/** Who checks: the provider that keeps the codes itself, or the engine of this node. */
export const verifyWith: INodeProperties = {
	displayName: 'Verify With',
	name: 'verifyWith',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Provider', value: 'provider', description: 'The provider keeps the code, checks it and sends new ones' },
		{ name: 'This Node', value: 'node', description: 'This node checks the code; the provider only delivers it' },
	],
	default: 'provider',
	displayOptions: { show: { provider: verifiers } },
	description: 'Who checks the code; choose the same for Resend, Verify and Get',
};

export const verifyWithSchema = z.enum(['provider', 'node']).default('node');

type Context = Pick<OperationContext<unknown>, 'connect' | 'provider'>;

async function verifierOf({ connect, provider }: Context) {
	const { ownVerification } = provider;
	if (ownVerification === undefined) throw notOffered(provider);
	const { connection } = await connect();
	return {
		check: (entry: Parameters<OwnVerification<unknown>['check']>[1]) => ownVerification.check(connection, entry),
		status: (subject: Parameters<OwnVerification<unknown>['status']>[1]) => ownVerification.status(connection, subject),
	};
}

/**
 * Has the provider check an entry. It approves only what also ends here for the first time, so that an answer that
 * was lost or given twice lets nobody in twice.
 */
export async function checkThere(
	context: Context,
	engine: Engine,
	found: FindOutcome,
	code: unknown,
): Promise<CheckOutcome> {
	if ('reason' in found) return { result: 'malformed', reason: found.reason };
	const { verification } = found;
	if (verification === undefined) return { result: 'not_found' };
	if (verification.status !== 'pending') return { result: resultOfEnded[verification.status], verification };
	const [reading] = readCode(code);
	if (reading === undefined) return { result: 'malformed', verification, reason: 'This is no code' };
	const { to, purpose } = verification;
	const verifier = await verifierOf(context);
	const answer = await verifier.check({ to, purpose, code: reading.canonical });
	if (answer.result !== 'approved' && answer.result !== 'locked') return { ...toOutcome(answer), verification };
	const ending = await engine.end(verification, answer.result);
	if (ending === undefined) return { result: 'not_found' };
	if (answer.result === 'approved' && !ending.ended)
		return { result: 'already_used', verification: ending.verification };
	return { ...toOutcome(answer), verification: ending.verification };
}

function toOutcome({ result, retryAfterSeconds }: OwnCheck): CheckOutcome {
	return { result, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}

/** What is recorded here, with what the provider says of the code it keeps. */
export async function statusThere(context: Context, verification: Verification): Promise<IDataObject> {
	const { to, purpose } = verification;
	const verifier = await verifierOf(context);
	return { ...verificationAnswer(verification), ...ownStatusAnswer(await verifier.status({ to, purpose })) };
}
