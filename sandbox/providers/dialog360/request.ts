import type { Answer, ProviderRequest } from '../../provider';
import type { Dialog360Account } from './account';
import { gatewayAnswer } from './error-codes';

/** How 360dialog answers before a call is reached, the same on both hostings. */
export const frontDoor = (account: Dialog360Account) => ({
	authorize: ({ headers }: ProviderRequest): Answer | undefined =>
		// HTTP 401 with 404 inside: docs/reference/providers.md 3.6.
		headers['d360-api-key'] === account.apiKey
			? undefined
			: gatewayAnswer(401, 404, 'Invalid api_key or token expired'),
	unreadable: () => gatewayAnswer(400, 400, 'The request body is not valid JSON'),
	unknownPath: (path: string) =>
		gatewayAnswer(403, 403, `This URL ${path} is blocked. More info: see the API reference`),
});
