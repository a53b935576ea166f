import axios, { type AxiosInstance } from 'axios';
import { z } from 'zod';
import { N8nRefusal, request } from './request';

/** The only account of the sandbox's n8n. n8n listens on loopback only, so the password is not secret. */
export const owner = {
	email: 'owner@sandbox.local',
	password: 'Sandbox-2fa-codes',
	firstName: 'Sandbox',
	lastName: 'Owner',
};

const apiKeyLabel = 'sandbox';

const settingsSchema = z.object({
	data: z.object({ userManagement: z.object({ showSetupOnFirstLoad: z.boolean() }) }),
});
const scopesSchema = z.object({ data: z.array(z.string()) });
const keysSchema = z.object({
	data: z.object({ items: z.array(z.object({ id: z.string(), label: z.string() })) }),
});
const newKeySchema = z.object({ data: z.object({ rawApiKey: z.string() }) });

/** The first route creates the owner, the second signs in as the owner. Both return the same cookie. */
async function signIn(rest: AxiosInstance): Promise<string> {
	const { data } = await request(rest, settingsSchema, { url: '/settings' });
	const isNew = data.userManagement.showSetupOnFirstLoad;
	const { email, password } = owner;
	const answer = isNew
		? await rest.post('/owner/setup', owner)
		: await rest.post('/login', { emailOrLdapLoginId: email, password });
	const cookies = answer.headers['set-cookie'] ?? [];
	if (answer.status !== 200 || cookies.length === 0) {
		const doing = isNew ? 'created' : 'signed in: the data folder has another owner or password';
		throw new N8nRefusal(answer.status, isNew ? 'the setup' : 'the login', `${email} could not be ${doing}`);
	}
	return cookies.map((cookie) => cookie.split(';', 1)[0]).join('; ');
}

/** A client of the editor's API at `url`, signed in as the owner. The first call creates the owner. */
export async function openSession(url: string): Promise<AxiosInstance> {
	const settings = {
		baseURL: `${url}/rest`,
		proxy: false as const,
		timeout: 120_000,
		validateStatus: () => true,
	};
	const cookie = await signIn(axios.create(settings));
	return axios.create({ ...settings, headers: { cookie } });
}

/** Whether the n8n at `url` accepts the API key. */
export async function isValidKey(url: string, apiKey: string): Promise<boolean> {
	const answer = await axios.get(`${url}/api/v1/workflows?limit=1`, {
		headers: { 'X-N8N-API-KEY': apiKey },
		proxy: false,
		timeout: 120_000,
		validateStatus: () => true,
	});
	return answer.status === 200;
}

/** Creates an API key for the owner with every scope. It replaces the key of the previous launch. */
export async function createApiKey(session: AxiosInstance): Promise<string> {
	const scopes = await request(session, scopesSchema, { url: '/api-keys/scopes' });
	const { data: keys } = await request(session, keysSchema, { url: '/api-keys' });
	// Labels are unique, and n8n shows a key only once.
	for (const { id } of keys.items.filter(({ label }) => label === apiKeyLabel)) {
		await request(session, z.unknown(), { method: 'DELETE', url: `/api-keys/${id}` });
	}
	const created = await request(session, newKeySchema, {
		method: 'POST',
		url: '/api-keys',
		data: { label: apiKeyLabel, scopes: scopes.data, expiresAt: null },
	});
	return created.data.rawApiKey;
}
