import type { Provider } from '../provider';
import { account, type Account } from './account';
import { onPremisesErrors } from './error-codes';
import { accountProblem } from './health';
import { login } from './login';
import { onPremisesRetired } from './retired';
import { sendCode } from './send';
import { webhook } from './webhook';

export { login } from './login';

/**
 * A WhatsApp Business API server that the account's owner runs (docs/reference/providers.md 2). Its templates are
 * managed in WhatsApp Manager only.
 */
export const onPremises: Provider<Account> = {
	id: 'onPremises',
	name: 'WhatsApp On-Premises API',
	retired: onPremisesRetired,
	credential: 'whatsAppOtpOnPremisesApi',
	// The default of the same server at 360dialog (docs/reference/providers.md 3.5).
	throughput: { messagesPerSecond: 45 },
	errors: onPremisesErrors,
	account,
	apiUrl: ({ baseUrl }) => baseUrl,
	logIn: login,
	accountProblem,
	sendCode,
	webhook,
};
