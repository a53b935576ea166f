import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { checkLimits, clientIp, limitsOption } from './limits';

export const namespace: INodeProperties = {
	displayName: 'Namespace',
	name: 'namespace',
	type: 'string',
	default: 'default',
	description:
		'Keeps the verifications of several apps separate. ' +
		'Do not take it from a request, because limits count for each namespace. ' +
		'It does not separate teams: each team needs a store credential with a separate Signing Secret.',
};

export const purpose: INodeProperties = {
	displayName: 'Purpose',
	name: 'purpose',
	type: 'string',
	default: 'authentication',
	description:
		'What the code is for, such as sign-in or payment. A code is valid only for its purpose. ' +
		'Do not take it from a request.',
};

export const defaultCountry: INodeProperties = {
	displayName: 'Default Country',
	name: 'defaultCountry',
	type: 'string',
	default: '',
	placeholder: 'e.g. US',
	description: 'Two-letter code of the country for numbers without + and country code',
};

const collection: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
};

/** The options that most builders need, in this order. The editor lists them before the others. */
const needed = ['allowedCountries', 'expiresIn', 'maxAttempts', 'defaultCountry', 'codeLength', 'metadata', 'limits'];

/** Options that only builders of large or unusual workflows need. The editor lists them last. */
const rare = ['idempotencyKey', 'messagesPerSecond', 'concurrency', 'namespace'];

function rank({ name }: INodeProperties): number {
	if (needed.includes(name)) return needed.indexOf(name);
	return needed.length + 1 + rare.indexOf(name);
}

/** A collection of options in the order of need. */
export function options(...fields: INodeProperties[]): INodeProperties {
	return { ...collection, options: fields.sort((a, b) => rank(a) - rank(b)) };
}

export const namespaceOptions = options(namespace);
export const checkOptions = options(clientIp, defaultCountry, checkLimits, namespace, purpose);

/** Text; an empty field means the fallback. */
export const trimmed = (fallback: string) =>
	z
		.string()
		.trim()
		.transform((text) => text || fallback)
		.default(fallback);
/** Text; an empty field means undefined. */
export const optional = z
	.string()
	.trim()
	.transform((text) => text || undefined)
	.optional();

/** An empty address stays: the engine counts all callers without their address as one. */
export const clientIpSchema = z
	.string()
	.trim()
	.refine(
		(ip) => !ip.includes(','),
		"'Client IP' must be one address. Use the address that your own proxy reports: callers can forge the others",
	)
	.optional();

/** An option that is there without a value, such as a header that is missing, is not the same as no option. */
export const withCaller = (options: unknown): unknown =>
	typeof options === 'object' && options !== null && 'clientIp' in options
		? { ...options, clientIp: options.clientIp ?? '' }
		: options;

export const namespaceSchema = z.object({ namespace: trimmed('default') }).default({});

export const checkOptionsSchema = z.preprocess(
	withCaller,
	z
		.object({
			namespace: trimmed('default'),
			purpose: trimmed('authentication'),
			clientIp: clientIpSchema,
			defaultCountry: optional,
			limits: limitsOption,
		})
		.default({}),
);
