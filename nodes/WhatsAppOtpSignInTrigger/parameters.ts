import { NodeOperationError, type IHookFunctions, type INode, type IWebhookFunctions } from 'n8n-workflow';
import { z } from 'zod';
import { webAddress } from '../../page';
import { findProvider, type Provider } from '../../providers';
import { toNodeError } from '../shared/errors';
import { lookSchema, optionalText, webAddressSchema } from '../WhatsAppOtp/code-page/look';
import { splitList } from '../WhatsAppOtp/fields/list-field';
import { sendOptionsSchema, type SendOptions } from '../WhatsAppOtp/fields/send-options';
import { languageSchema, templateSchema } from '../WhatsAppOtp/fields/template';

/** The value of 'Language' for which each person gets the language of the browser. */
export const browserLanguage = 'browser';

export const defaultPurpose = 'sign-in';

/** The page is public, so the sends of all people together have a limit. */
export const defaultTotals = { totalHour: 200, totalDay: 1000 };

const pageSchema = lookSchema.extend({ defaultCountry: optionalText }).default({});

const templateValue = z.union([z.object({ value: z.unknown() }).transform(({ value }) => value), z.unknown()]);

/** For a page without 'Allowed Countries' (docs/security-model.md, 'What an attack on the sign-in page costs'). */
export const countriesHint =
	'This page sends codes to every country. Fraudsters request codes for numbers that earn them money, ' +
	`and you pay for up to ${defaultTotals.totalDay} messages a day, often more than $0.10 each.`;

/** How the page keeps bots out. */
export const botProtections = ['proofOfWork', 'turnstile', 'none'] as const;

/** Neither `*` nor `null`: each would let the script of any website ask for codes. */
const originSchema = z
	.string()
	.refine((text) => webAddress(text) !== undefined, {
		message: "'Allowed Origins' must be addresses such as https://app.example.com, separated by commas",
	})
	.transform((text) => new URL(text).origin);

const ownOptionsSchema = z
	.object({
		allowedOrigins: z.string().default('').transform(splitList).pipe(z.array(originSchema)),
		botProtection: z.enum(botProtections).default('proofOfWork'),
		messagesPerSecond: z.number().min(0).optional(),
		signInToken: z.boolean().default(false),
	})
	.default({});

const parametersSchema = z
	.object({
		template: templateValue.pipe(templateSchema),
		language: languageSchema,
		page: pageSchema,
		respond: z.enum(['message', 'redirect', 'lastNode']).default('message'),
		message: optionalText,
		redirectUrl: webAddressSchema('Redirect URL').optional(),
		options: ownOptionsSchema,
	})
	.refine(({ respond, redirectUrl }) => respond !== 'redirect' || Boolean(redirectUrl), "'Redirect URL' is empty")
	.refine(({ respond, redirectUrl, options }) => {
		return respond !== 'redirect' || !options.signInToken || keepsSecrets(webAddress(redirectUrl));
	}, "'Redirect URL' must begin with https://, because 'Sign-In Token' adds a token to it");

/** Others on the way cannot read a request to this address. */
function keepsSecrets(address: URL | undefined): boolean {
	return address?.protocol === 'https:' || /^(localhost|127\.0\.0\.1)$/.test(address?.hostname ?? '');
}

export interface SignInParameters extends z.output<typeof parametersSchema> {
	node: INode;
	provider: Provider;
	/** The part of the options that a send has, too. */
	sendOptions: SendOptions;
}

/** @throws NodeOperationError that names the parameter */
export function signInParameters(host: IHookFunctions | IWebhookFunctions): SignInParameters {
	// The parameters are read from the node, because none is an expression.
	const node = host.getNode();
	try {
		expectNoExpression(node, node.parameters);
		const provider = findProvider(node.parameters.provider);
		if (provider === undefined) throw new NodeOperationError(node, "'Provider' has an unknown value");
		const parameters = parametersSchema.parse(node.parameters);
		const { defaultCountry } = parameters.page;
		const sendOptions = sendOptionsSchema.parse({ ...withDefaults(node.parameters.options), defaultCountry });
		return { node, provider, sendOptions, ...parameters };
	} catch (error) {
		throw toNodeError(node, error);
	}
}

const givenSchema = z
	.object({ limits: z.object({ limit: z.record(z.unknown()).default({}) }).default({}) })
	.passthrough()
	.default({});

/** The options that a send has, with the defaults of this node. */
function withDefaults(options: unknown): Record<string, unknown> {
	const given = givenSchema.parse(options);
	return { purpose: defaultPurpose, ...given, limits: { limit: { ...defaultTotals, ...given.limits.limit } } };
}

/**
 * n8n evaluates no expression here, so an imported one reaches the node as text. There is no item that it could read:
 * the page is shown before the first one.
 */
function expectNoExpression(node: INode, value: unknown): void {
	if (typeof value === 'string' && /\{\{[^]*\}\}/.test(value)) {
		throw new NodeOperationError(node, 'A parameter of the sign-in page holds an expression', {
			description: 'Write the value itself. The page is shown before there is an item that an expression could read.',
		});
	}
	if (typeof value !== 'object' || value === null) return;
	for (const inner of Object.values(value)) expectNoExpression(node, inner);
}
