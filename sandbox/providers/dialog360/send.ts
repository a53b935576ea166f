import type { Call } from '../../provider';
import { sendToCloud } from '../meta/send';
import { cloud } from './account';

export const send: Call = {
	name: 'send',
	method: 'POST',
	path: '/messages',
	handle: (request, state) => sendToCloud(cloud.id, cloud.account, request, state),
};
