import { z } from 'zod';
import type { Answer, Call } from '../../provider';
import { detailsOf } from '../../refusal';
import type { State } from '../../state';
import type { Subscription } from '../../webhook-delivery';
import { cloud } from './account';
import { Dialog360State, type Destination } from './state';
import { isForCloud, noUnderscoreOrPort } from './webhook';

/** Only for numbers with Cloud hosting (docs/reference/providers.md 3.7). */
const path = '/multi_webhook';

/** Unique addresses of a number, the main one included. */
const maxAddresses = 3;

const destination = z.object({
	name: z.string().min(1),
	url: z.string().url().refine(isForCloud, noUnderscoreOrPort),
	headers: z.record(z.string()).optional(),
});
const destinations = z.array(destination);

const refuse = (status: number, error: string): Answer => ({ status, body: { error } });
const started: Answer = { status: 200, body: { message: 'Operation started successfully' } };

const ownOf = (state: State) => state.own(cloud.id, Dialog360State);

/** The answer while an operation runs, and to a body with another shape. */
function call<Body>(
	method: Call['method'],
	schema: z.ZodType<Body, z.ZodTypeDef, unknown>,
	handle: (body: Body, state: State) => Answer,
): Call {
	return {
		name: method === 'GET' ? 'getMultiWebhook' : 'setMultiWebhook',
		method,
		path,
		handle({ body }, state) {
			if (ownOf(state).isChanging) return { status: 409, body: { message: 'An operation is in progress' } };
			const read = schema.safeParse(body);
			return read.success ? handle(read.data, state) : refuse(400, detailsOf(read.error).join('; '));
		},
	};
}

/** Checks the names and the count, and starts the change. */
function change(state: State, wanted: Destination[]): Answer {
	const names = new Set(wanted.map(({ name }) => name));
	if (names.size < wanted.length) return refuse(400, 'Destination names must be unique');
	const main = state.webhooks.subscription(cloud.id)?.url ?? '';
	const urls = new Set([main, ...wanted.map(({ url }) => url)]);
	if (urls.size <= wanted.length || urls.size > maxAddresses) {
		return refuse(400, `A phone number can have at most ${maxAddresses} unique webhooks`);
	}
	ownOf(state).change({ enabled: true, destinations: wanted });
	return started;
}

const get = call('GET', z.unknown(), (_body, state) => ({ status: 200, body: ownOf(state).multiWebhook }));

const post = call(
	'POST',
	z.object({ enabled: z.boolean(), destinations: destinations.default([]) }),
	({ enabled, destinations: wanted }, state) => {
		const own = ownOf(state);
		if (enabled && own.multiWebhook.enabled) return refuse(400, 'Multi-webhook is already enabled');
		if (enabled) return change(state, wanted);
		own.change({ enabled: false, destinations: [] });
		return started;
	},
);

const put = call('PUT', z.object({ destinations: destinations.min(1) }), ({ destinations: added }, state) => {
	const { enabled, destinations: present } = ownOf(state).multiWebhook;
	return enabled ? change(state, [...present, ...added]) : refuse(400, 'Multi-webhook is not enabled');
});

const patch = call('PATCH', destination.partial().required({ name: true }), (changed, state) => {
	const { enabled, destinations: present } = ownOf(state).multiWebhook;
	if (!enabled) return refuse(400, 'Multi-webhook is not enabled');
	if (!present.some(({ name }) => name === changed.name)) return refuse(404, `There is no webhook ${changed.name}`);
	return change(
		state,
		present.map((one) => (one.name === changed.name ? { ...one, ...changed } : one)),
	);
});

export const multiWebhookCalls: Call[] = [get, post, put, patch];

/** The main address first. Without one, the others get nothing. */
export function receivers(state: State): Subscription[] {
	const main = state.webhooks.subscription(cloud.id);
	if (main === undefined) return [];
	return [main, ...ownOf(state).multiWebhook.destinations.map(({ url, headers = {} }) => ({ url, headers }))];
}
