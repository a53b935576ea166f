import type { Connection, Provider } from '../provider';
import { account, type Account } from './account';
import { onPremisesErrors, toProviderError } from './errors';
import { login } from './login';
import { sendTemplate, type Server } from './send';
import { requestTo } from './request';
import { webhook } from './webhook';

export { login } from './login';

/** A WhatsApp Business API server of one's own (docs/reference/providers.md 2); its templates are made in WhatsApp Manager. */
export const onPremises: Provider<Account> = {
	id: 'onPremises',
	name: 'WhatsApp On-Premises API',
	credential: 'whatsAppOtpOnPremisesApi',
	// What 360dialog's hosting of the same server takes unless more is asked for (docs/reference/providers.md 3.5).
	throughput: { messagesPerSecond: 45 },
	errors: onPremisesErrors,
	account,
	logIn: login,
	sendCode: (connection, message) => sendTemplate(serverOf(connection), message),
	webhook,
};

function serverOf(connection: Connection<Account>): Server {
	const request = requestTo(connection);
	const { namespace } = connection.account;
	return { namespace, toProviderError, post: (path, body) => request({ method: 'POST', path, body }) };
}
