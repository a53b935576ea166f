import type { Operation } from '../operation';
import { getStatus } from './message/getStatus';
import { recordEvents } from './message/recordEvents';
import { cancel } from './otp/cancel';
import { generate } from './otp/generate';
import { get as getVerification } from './otp/get';
import { resend } from './otp/resend';
import { send } from './otp/send';
import { sendAndWaitForCode } from './otp/sendAndWaitForCode';
import { verify } from './otp/verify';
import { create } from './template/create';
import { remove } from './template/delete';
import { get as getTemplate } from './template/get';
import { getAll } from './template/getAll';
import { preview } from './template/preview';
import { update } from './template/update';

/**
 * All operations, in the order in which a builder needs them. The editor lists them in this order. The node's
 * description and its router are made from this list.
 */
export const operations: readonly Operation[] = [
	send,
	sendAndWaitForCode,
	verify,
	resend,
	generate,
	getVerification,
	cancel,
	create,
	getAll,
	getTemplate,
	update,
	preview,
	remove,
	getStatus,
	recordEvents,
];
