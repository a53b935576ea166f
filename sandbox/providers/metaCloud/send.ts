import type { Call } from '../../provider';
import { sendToCloud } from '../meta/send';
import { account, id } from './account';
import { unknownObject, version } from './request';

export const send: Call = {
	name: 'send',
	method: 'POST',
	path: `${version}/:phone/messages`,
	handle(request, state) {
		const { phone = '' } = request.params;
		if (phone !== account.phoneNumberId) throw unknownObject(phone);
		return sendToCloud(id, account, request, state);
	},
};
