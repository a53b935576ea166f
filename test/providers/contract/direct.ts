import { providers, type Connection, type Provider } from '../../../providers';
import { axiosHttp } from '../../support/axios-http';
import type { Subject } from '../subjects/subject';

/** The provider object with this id. */
export function providerOf(id: string): Provider {
	const found = providers.find((provider) => provider.id === id);
	if (found === undefined) throw new Error(`There is no provider ${id}`);
	return found;
}

/** The provider's webhook support. */
export function webhookOf(id: string) {
	const { webhook } = providerOf(id);
	if (webhook === undefined) throw new Error(`${id} has no webhook`);
	return webhook;
}

/** A connection to the subject's account without n8n. @param url the sandbox's */
export async function connectionTo(subject: Subject, url: string): Promise<Connection<unknown>> {
	const http = axiosHttp(await subject.headers(url));
	return { http, account: providerOf(subject.provider).account.parse(subject.account(url)) };
}
