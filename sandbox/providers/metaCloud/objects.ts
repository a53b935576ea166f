import type { Call } from '../../provider';
import { account, id, unknownObject, version } from './graph';
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

/** What the Graph API tells of the number and of the account that it belongs to. */
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

/** `GET /{id}`: of the number, of the account, of a template; `app` is the one of the access token [inferred]. */
export const getObject: Call = {
	name: 'getAccount',
	method: 'GET',
	path: `${version}/:object`,
	handle({ params, query }, world) {
		const { object = '' } = params;
		const template = world.templates.list(id).find((one) => one.id === object);
		const found = objects.get(object) ?? (template && listed(template));
		if (!found) throw unknownObject(object);
		// The health is told only to who asks for it.
		const usual = Object.keys(found).filter((field) => field !== 'health_status');
		const fields = query.fields ?? usual.join(',');
		return { status: 200, body: select(found, fields, 'node') };
	},
};
