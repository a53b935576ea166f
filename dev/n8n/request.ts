import type { AxiosInstance, AxiosRequestConfig } from 'axios';
import { z } from 'zod';

/** n8n refused a request. */
export class N8nRefusal extends Error {
	readonly code = 'N8N_REFUSAL';

	constructor(
		readonly status: number,
		request: string,
		reason: string,
	) {
		super(`n8n answered ${status} to ${request}: ${reason}`);
		this.name = 'N8nRefusal';
	}
}

const reasonSchema = z.object({ message: z.string() });

/** Sends one request to n8n and reads the answer with `schema`. Throws N8nRefusal unless the status is 2xx. */
export async function request<T>(
	client: AxiosInstance,
	schema: z.ZodType<T, z.ZodTypeDef, unknown>,
	config: AxiosRequestConfig,
): Promise<T> {
	const answer = await client.request<unknown>({ ...config, validateStatus: () => true });
	if (answer.status >= 200 && answer.status < 300) return schema.parse(answer.data);
	const { data } = reasonSchema.safeParse(answer.data);
	const reason = data?.message ?? JSON.stringify(answer.data).slice(0, 300);
	throw new N8nRefusal(answer.status, `${config.method ?? 'GET'} ${config.url ?? ''}`, reason);
}
