import { z } from 'zod';
import type { Call } from '../../provider';
import type { State } from '../../state';
import { account, id } from './account';
import { callbackUrl, verify } from './callback';
import { invalid, read, unknownObject, version } from './request';
import { MetaCloudState } from './state';

/** Needs the app's own access token (docs/reference/providers.md 1.9). */
const path = `${version}/:app/subscriptions`;

const object = z.literal('whatsapp_business_account');

/** The fields of an account that the sandbox knows. */
const field = z.enum([
	'account_alerts',
	'account_review_update',
	'account_update',
	'business_capability_update',
	'message_template_components_update',
	'message_template_quality_update',
	'message_template_status_update',
	'messages',
	'phone_number_name_update',
	'phone_number_quality_update',
	'security',
	'template_category_update',
]);

const namesIn = (text: string) => text.replace(/[["\]\s]/g, '').split(',');

/** A list, a JSON text of one, or names with commas. */
const fields = z
	.union([z.array(z.string()), z.string().transform(namesIn)])
	.pipe(z.array(field).min(1))
	.transform((list) => [...new Set(list)].sort());

const subscription = z.object({ object, callback_url: callbackUrl, verify_token: z.string().min(1), fields });

const ownOf = (state: State) => state.own(id, MetaCloudState);

function checkApp({ app = '' }: Record<string, string>): void {
	if (app !== account.appId) throw unknownObject(app);
}

const setApp: Call = {
	name: 'setWebhook',
	method: 'POST',
	path,
	async handle({ params, query, body }, state) {
		checkApp(params);
		const given = read(subscription, { ...query, ...z.record(z.unknown()).safeParse(body).data });
		await verify(given.callback_url, given.verify_token);
		ownOf(state).app = { callbackUrl: given.callback_url, fields: given.fields };
		return { status: 200, body: { success: true } };
	},
};

const getApp: Call = {
	name: 'getWebhook',
	method: 'GET',
	path,
	handle({ params }, state) {
		checkApp(params);
		const { app } = ownOf(state);
		const shown = app && {
			object: object.value,
			callback_url: app.callbackUrl,
			active: true,
			fields: app.fields.map((name) => ({ name, version: params.version })),
		};
		return { status: 200, body: { data: shown === undefined ? [] : [shown] } };
	},
};

const deleteApp: Call = {
	name: 'deleteWebhook',
	method: 'DELETE',
	path,
	handle({ params, query, body }, state) {
		checkApp(params);
		const given = z.object({ object }).safeParse({ ...query, ...z.record(z.unknown()).safeParse(body).data });
		if (!given.success) throw invalid('object must be whatsapp_business_account');
		ownOf(state).app = undefined;
		return { status: 200, body: { success: true } };
	},
};

export const appSubscriptionCalls: Call[] = [setApp, getApp, deleteApp];
