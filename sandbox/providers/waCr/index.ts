import { z } from 'zod';
import type { SandboxProvider } from '../../provider';
import { Refusal } from '../../refusal';
import { account, credential, id, path } from './account';
import { waCrRefusal } from './error-codes';
import { authorize } from './request';
import { resend, send } from './send';
import { WaCrState } from './state';
import { listTemplates } from './templates';
import { getCodeStatus, verify } from './verification';

/**
 * WA.cr (docs/reference/providers.md 5). Its templates are created at Meta and synchronised, so the admin API seeds
 * them. It sends no webhooks.
 */
export const waCr = {
	id,
	name: 'WA.cr',
	path,
	account,
	credential,
	calls: [send, resend, verify, getCodeStatus, listTemplates],
	createState: (now) => new WaCrState(now),
	authorize,
	unreadable: () => waCrRefusal(new Refusal('VALIDATION_ERROR', { title: 'The request body is not valid JSON' })),
	unknownPath: () => waCrRefusal(new Refusal('NOT_FOUND', { title: 'The requested endpoint does not exist' })),
	refuse: waCrRefusal,
	recipient: (body) => z.object({ phone: z.string() }).safeParse(body).data?.phone.replace(/\D/g, ''),
} satisfies SandboxProvider;
