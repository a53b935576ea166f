import type { Connection, Provider } from '../provider';
import { account, type Account } from './account';
import { onPremisesErrors, toProviderError } from './errors';
import { sendTemplate, type Server } from './message';

export { login } from './login';

/** A WhatsApp Business API server of one's own (providers.md 2); its templates are made in WhatsApp Manager. */
export const onPremises: Provider<Account> = {
	id: 'onPremises',
	name: 'WhatsApp On-Premises API',
	credential: 'whatsAppOtpOnPremisesApi',
	// What 360dialog's hosting of the same server takes unless more is asked for (providers.md 3.5).
	throughput: { messagesPerSecond: 45 },
	errors: onPremisesErrors,
	account,
	sendCode: (connection, message) => sendTemplate(serverOf(connection), message),
};

function serverOf({ http, account }: Connection<Account>): Server {
	const { baseUrl, namespace, allowUnauthorizedCerts } = account;
	return {
		namespace,
		toProviderError,
		post: (path, body) =>
			http({
				method: 'POST',
				url: `${baseUrl}${path}`,
				body,
				renewsLogin: true,
				...(allowUnauthorizedCerts ? { allowUnauthorizedCerts } : {}),
			}),
	};
}
