import { z } from 'zod';
import type { Connection } from '../connection';
import { ProviderError } from '../errors';
import type { Account } from './account';
import { appCallbackSchema, appIdOf, readAppCallback, type AppCallback } from './app-callback';
import { accountPath, okOrThrow, parseOrThrow, request } from './request';

/**
 * Where Meta sends the events of the credential's number. An override of the number comes before one of the business
 * account, and that before the address of the app (docs/reference/providers.md 1.9).
 */
export interface Subscription {
	/** Whether the app gets events of the business account. Without it, no override can be set. */
	isSubscribed: boolean;
	/** The override of the business account. */
	override?: string;
	/** The override of the number. */
	numberOverride?: string;
	/** The address of the app itself. */
	application?: string;
	/** The same with its fields, if it was asked for. */
	app?: AppCallback;
}

export const subscriptionSchema: z.ZodType<Subscription> = z.object({
	isSubscribed: z.boolean(),
	override: z.string().optional(),
	numberOverride: z.string().optional(),
	application: z.string().optional(),
	app: appCallbackSchema.optional(),
});

const text = z.string().min(1).optional().catch(undefined);
const subscribedApp = z.object({
	whatsapp_business_api_data: z.object({ id: z.string() }).optional().catch(undefined),
	override_callback_uri: text,
});
const subscribedApps = z.object({ data: z.array(subscribedApp) });

/** @param needsApp whether to read the fields of the app's callback, for which the credential needs the App Secret */
export async function readSubscription(
	connection: Connection<Account>,
	needsApp: (application: string | undefined) => boolean,
): Promise<Subscription> {
	const response = await request(connection, { method: 'GET', path: appsPath(connection) });
	const own = await ofThisApp(connection, parseOrThrow(subscribedApps, response).data);
	const { phone_number: numberOverride, application } = await readConfiguration(connection);
	const app = needsApp(application) ? await readAppCallback(connection) : undefined;
	return {
		isSubscribed: own.length > 0,
		override: own.find((one) => one.override_callback_uri !== undefined)?.override_callback_uri,
		numberOverride,
		application: app?.url ?? application,
		app,
	};
}

const appsPath = ({ account }: Connection<Account>) => accountPath(account, 'subscribed_apps');

/** Several apps can subscribe to one account. We may only see and change the subscription of the access token's app. */
async function ofThisApp(connection: Connection<Account>, list: Array<z.output<typeof subscribedApp>>) {
	if (list.length === 0) return [];
	const id = await appIdOf(connection);
	// If Meta does not name the token's app, any of them may be it.
	return id === undefined ? list : list.filter((one) => one.whatsapp_business_api_data?.id === id);
}

const configuration = z.object({ phone_number: text, application: text });
const phoneNumber = z.object({ webhook_configuration: configuration.nullish().catch(undefined) });

const numberPath = ({ account }: Connection<Account>) => `/${account.phoneNumberId}`;

async function readConfiguration(connection: Connection<Account>): Promise<z.output<typeof configuration>> {
	const query = { fields: 'webhook_configuration' };
	try {
		const response = await request(connection, { method: 'GET', path: numberPath(connection), query });
		return parseOrThrow(phoneNumber, response).webhook_configuration ?? {};
	} catch (error) {
		// Meta refuses the field for numbers that can have no override. A failure can hide one that must not be replaced.
		const isRefusal = error instanceof ProviderError && error.refused.httpStatus >= 400;
		if (isRefusal && !['transient', 'throttle'].includes(error.refused.class)) return {};
		throw error;
	}
}

const done = z.object({ success: z.literal(true) });

/** Subscribes the app to the account. Without a URL, the events go to the app's own address. */
export async function subscribe(connection: Connection<Account>, url?: string, verifyToken?: string): Promise<void> {
	const body = url === undefined ? {} : { override_callback_uri: url, verify_token: verifyToken };
	parseOrThrow(done, await request(connection, { method: 'POST', path: appsPath(connection), body }));
}

export async function unsubscribe(connection: Connection<Account>): Promise<void> {
	okOrThrow(await request(connection, { method: 'DELETE', path: appsPath(connection) }));
}

/** Sets the number's override. Without a URL, takes it away. */
export async function overrideNumber(
	connection: Connection<Account>,
	url?: string,
	verifyToken?: string,
): Promise<void> {
	const override =
		url === undefined ? { override_callback_uri: '' } : { override_callback_uri: url, verify_token: verifyToken };
	const body = { webhook_configuration: override };
	parseOrThrow(done, await request(connection, { method: 'POST', path: numberPath(connection), body }));
}
