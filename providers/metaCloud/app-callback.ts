import { z } from 'zod';
import type { Connection } from '../connection';
import { ProviderError } from '../errors';
import type { Account } from './account';
import { okOrThrow, parseOrThrow, request } from './request';

/** The app's own callback URL, with the fields that it gets (docs/reference/providers.md 1.9). */
export interface AppCallback {
	url: string;
	fields: string[];
	isActive: boolean;
}

export const appCallbackSchema: z.ZodType<AppCallback> = z.object({
	url: z.string(),
	fields: z.array(z.string()),
	isActive: z.boolean(),
});

const object = 'whatsapp_business_account';

const subscriptions = z.object({
	data: z.array(
		z.object({
			object: z.string(),
			callback_url: z.string().optional().catch(undefined),
			active: z.boolean().catch(true),
			fields: z.array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])).catch([]),
		}),
	),
});

/** @returns undefined if the app has no callback for WhatsApp */
export async function readAppCallback(connection: Connection<Account>): Promise<AppCallback | undefined> {
	const { data } = await asApp(async (path) => {
		return parseOrThrow(subscriptions, await request(connection, { method: 'GET', path }));
	}, connection);
	const found = data.find((one) => one.object === object);
	if (found?.callback_url === undefined) return undefined;
	return { url: found.callback_url, fields: found.fields, isActive: found.active };
}

const done = z.object({ success: z.union([z.literal(true), z.literal('true')]) });

/** Meta asks the address for the verify token first. */
export async function setAppCallback(
	connection: Connection<Account>,
	{ url, fields }: Pick<AppCallback, 'url' | 'fields'>,
	verifyToken: string,
): Promise<void> {
	const body = { object, callback_url: url, verify_token: verifyToken, fields, include_values: true };
	await asApp(
		async (path) => parseOrThrow(done, await request(connection, { method: 'POST', path, body })),
		connection,
	);
}

export async function removeAppCallback(connection: Connection<Account>): Promise<void> {
	const query = { object };
	await asApp(async (path) => okOrThrow(await request(connection, { method: 'DELETE', path, query })), connection);
}

/** Calls of this path carry the app's own access token, which the credential makes from the path and the App Secret. */
async function asApp<Answer>(
	call: (path: string) => Promise<Answer>,
	connection: Connection<Account>,
): Promise<Answer> {
	const id = await appIdOf(connection);
	if (id === undefined) throw unknownApp();
	try {
		return await call(`/${id}/subscriptions`);
	} catch (error) {
		throw wrongSecret(error) ?? error;
	}
}

const app = z.object({ id: z.string() });

/** The app of the access token. @returns undefined if Meta does not name it */
export async function appIdOf(connection: Connection<Account>): Promise<string | undefined> {
	const response = await request(connection, { method: 'GET', path: '/app', query: { fields: 'id' } });
	return app.safeParse(response.body).data?.id;
}

function unknownApp(): ProviderError {
	return new ProviderError({
		class: 'credential',
		what: 'Meta does not say to which app the access token belongs',
		fix: "Create the access token for a system user with your app, or choose another place in 'Listen At'",
		providerCode: 'app',
		httpStatus: 0,
	});
}

/** Meta says of a wrong App Secret only that the token is invalid. */
function wrongSecret(error: unknown): ProviderError | undefined {
	if (!(error instanceof ProviderError) || String(error.refused.providerCode) !== '190') return undefined;
	return new ProviderError({
		...error.refused,
		what: "Meta rejected the app's own access token, which is made from the App Secret",
		fix: "Copy 'App Secret' in the credential again: App Settings > Basic of the app that the access token belongs to",
	});
}
