import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Connection } from '../connection';
import { ProviderError } from '../errors';
import type { ApiRequest, HttpResponse } from '../http';
import type { Account } from './account';
import { isRefusal, okOrThrow, parseOrThrow, request } from './request';

/** An address beside the main one. It gets what the main one has answered with 200. */
const destination = z.object({
	name: z.string(),
	url: z.string(),
	headers: z.record(z.string()).optional().catch(undefined),
});
export type Destination = z.output<typeof destination>;

/** The addresses beside the main one (docs/reference/providers.md 3.7). */
export const multiWebhookSchema = z.object({
	enabled: z.boolean().catch(false),
	destinations: z
		.array(destination)
		.nullish()
		.transform((list) => list ?? []),
});
export type MultiWebhook = z.output<typeof multiWebhookSchema>;

/** Unique addresses of a number, the main one included. */
export const maxAddresses = 3;

const path = '/multi_webhook';

/** @returns undefined if the number has no such feature */
export async function readMultiWebhook(connection: Connection<Account>): Promise<MultiWebhook | undefined> {
	if (connection.account.hosting !== 'cloud') return undefined;
	const response = await whenIdle(connection, { method: 'GET', path });
	// A failure can hide an address of another system. A refusal says that there is none.
	if (isRefusal(response) && response.status >= 400 && response.status < 500 && response.status !== 401)
		return undefined;
	return parseOrThrow(multiWebhookSchema, response);
}

/** Adds an address, or changes the one with this name. */
export async function setDestination(connection: Connection<Account>, wanted: Destination): Promise<void> {
	const { enabled, destinations } = await present(connection);
	if (destinations.some(({ name }) => name === wanted.name)) await change(connection, 'PATCH', wanted);
	else if (enabled) await change(connection, 'PUT', { destinations: [wanted] });
	else await change(connection, 'POST', { enabled: true, destinations: [wanted] });
}

/**
 * Takes addresses away. No call removes a single one, so all are turned off and the others turned on again.
 * @param wasEnabled whether the feature stays on without an address
 */
export async function removeDestinations(
	connection: Connection<Account>,
	isOurs: (destination: Destination) => boolean,
	wasEnabled: boolean,
): Promise<void> {
	const { destinations } = await present(connection);
	const others = destinations.filter((one) => !isOurs(one));
	if (others.length === destinations.length) return;
	await change(connection, 'POST', { enabled: false });
	if (others.length === 0 && !wasEnabled) return;
	const again = { enabled: true, destinations: others };
	// Without this the others would get no more events, so that one failure is not enough to give up.
	await change(connection, 'POST', again).catch(async () => await change(connection, 'POST', again));
}

const present = async (connection: Connection<Account>) =>
	(await readMultiWebhook(connection)) ?? { enabled: false, destinations: [] };

/** A change is done some time after its answer. Waits until it is. */
async function change(connection: Connection<Account>, method: 'POST' | 'PUT' | 'PATCH', body: object): Promise<void> {
	okOrThrow(await whenIdle(connection, { method, path, body }));
	okOrThrow(await whenIdle(connection, { method: 'GET', path }));
}

/** Milliseconds between two requests, and how many of them. */
const pause = 250;
const maxRequests = 60;

/** 360dialog answers 409 while another change is under way. */
async function whenIdle(connection: Connection<Account>, wanted: ApiRequest): Promise<HttpResponse> {
	for (let count = 0; count < maxRequests; count += 1) {
		const response = await request(connection, wanted);
		if (response.status !== 409) return response;
		await sleep(pause);
	}
	throw new ProviderError({
		class: 'transient',
		what: '360dialog did not finish a change of the webhooks of this number in time',
		fix: 'Publish the workflow again in a few minutes',
		providerCode: 409,
		httpStatus: 409,
	});
}
