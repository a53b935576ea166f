import axios, { type AxiosInstance } from 'axios';
import { z } from 'zod';
import { N8nRefusal, request } from './request';

/** The one account of a sandbox n8n. It listens on loopback only, so the password is no secret. */
export const OWNER = {
	email: 'owner@sandbox.local',
	password: 'Sandbox-2fa-codes',
	firstName: 'Sandbox',
	lastName: 'Owner',
};

const API_KEY_LABEL = 'sandbox';

const settingsSchema = z.object({
	data: z.object({ userManagement: z.object({ showSetupOnFirstLoad: z.boolean() }) }),
});
const scopesSchema = z.object({ data: z.array(z.string()) });
const keysSchema = z.object({
	data: z.object({ items: z.array(z.object({ id: z.string(), label: z.string() })) }),
});
const newKeySchema = z.object({ data: z.object({ rawApiKey: z.string() }) });

/** Both routes answer the same cookie: the first makes the owner, the second signs in as that owner. */
async function signIn(rest: AxiosInstance): Promise<string> {
	const { data } = await request(rest, settingsSchema, { url: '/settings' });
	const isNew = data.userManagement.showSetupOnFirstLoad;
	const { email, password } = OWNER;
	const answer = isNew
		? await rest.post('/owner/setup', OWNER)
		: await rest.post('/login', { emailOrLdapLoginId: email, password });
	const cookies = answer.headers['set-cookie'] ?? [];
	if (answer.status !== 200 || cookies.length === 0) {
		const doing = isNew ? 'made' : 'signed in, so its data folder has another owner or password';
		throw new N8nRefusal(answer.status, isNew ? 'the setup' : 'the login', `${email} couldn't be ${doing}`);
	}
	return cookies.map((cookie) => cookie.split(';', 1)[0]).join('; ');
}

/** A client of the editor's own API at `url`, signed in as the owner; the first one makes the owner. */
export async function openSession(url: string): Promise<AxiosInstance> {
	const settings = {
		baseURL: `${url}/rest`,
		proxy: false as const,
		timeout: 30_000,
		validateStatus: () => true,
	};
	const cookie = await signIn(axios.create(settings));
	return axios.create({ ...settings, headers: { cookie } });
}

/** Whether the n8n at `url` takes the API key. */
export async function isValidKey(url: string, apiKey: string): Promise<boolean> {
	const answer = await axios.get(`${url}/api/v1/workflows?limit=1`, {
		headers: { 'X-N8N-API-KEY': apiKey },
		proxy: false,
		timeout: 30_000,
		validateStatus: () => true,
	});
	return answer.status === 200;
}

/** A new API key of the owner's with every scope there is, in place of the one made before. */
export async function createApiKey(session: AxiosInstance): Promise<string> {
	const scopes = await request(session, scopesSchema, { url: '/api-keys/scopes' });
	const { data: keys } = await request(session, keysSchema, { url: '/api-keys' });
	// Labels are unique, and n8n shows a key's text only once.
	for (const { id } of keys.items.filter(({ label }) => label === API_KEY_LABEL)) {
		await request(session, z.unknown(), { method: 'DELETE', url: `/api-keys/${id}` });
	}
	const created = await request(session, newKeySchema, {
		method: 'POST',
		url: '/api-keys',
		data: { label: API_KEY_LABEL, scopes: scopes.data, expiresAt: null },
	});
	return created.data.rawApiKey;
}
