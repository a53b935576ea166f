import type { Call } from '../../provider';
import { account, id } from './account';
import { unknownObject, version } from './request';
import { MetaCloudState } from './state';
import { listed, select } from './template-list';

const healthy = (entity_type: string, object: string) => ({
	entity_type,
	id: object,
	can_send_message: 'AVAILABLE',
});

const entities = [
	healthy('WABA', account.businessAccountId),
	healthy('BUSINESS', '506914307656634'),
	healthy('APP', account.appId),
];
const phone = healthy('PHONE_NUMBER', account.phoneNumberId);

/** The app, the number, and the account that the number belongs to, as the Graph API shows them. */
const objects = new Map<string, Record<string, unknown>>([
	[
		account.phoneNumberId,
		{
			id: account.phoneNumberId,
			verified_name: 'Sandbox',
			display_phone_number: `+${account.displayPhoneNumber}`,
			quality_rating: 'GREEN',
			health_status: { can_send_message: 'AVAILABLE', entities: [phone, ...entities] },
		},
	],
	['app', { id: account.appId, name: 'Sandbox', category: 'Business' }],
	[
		account.businessAccountId,
		{
			id: account.businessAccountId,
			name: 'Sandbox',
			health_status: { can_send_message: 'AVAILABLE', entities },
		},
	],
]);

/** Fields that are only in the answer if the caller asks for them. */
const onlyIfNamed = new Set(['health_status', 'webhook_configuration']);

/** `GET /{id}` of the number, the account or a template. `app` is the app of the access token [inferred]. */
export const getObject: Call = {
	name: 'getAccount',
	method: 'GET',
	path: `${version}/:object`,
	handle({ params, query }, state) {
		const { object = '' } = params;
		const template = state.templates.list(id).find((one) => one.id === object);
		const known = objects.get(object) ?? (template && listed(template));
		if (!known) throw unknownObject(object);
		// Where the events of the number go, as far as it is set (docs/reference/providers.md 1.9).
		const { configuration } = state.own(id, MetaCloudState);
		const found = object === account.phoneNumberId ? { ...known, webhook_configuration: configuration } : known;
		const defaultFields = Object.keys(found).filter((field) => !onlyIfNamed.has(field));
		const fields = query.fields ?? defaultFields.join(',');
		return { status: 200, body: select(found, fields, 'node') };
	},
};
