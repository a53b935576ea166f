import { Agent } from 'node:http';
import axios, { type AxiosRequestConfig } from 'axios';

export interface Post {
	address: string;
	body: unknown;
	headers?: Record<string, string>;
	/** Checks the answer. @throws if it is wrong, because a fast wrong answer must not count */
	expect?: ((answer: unknown) => void) | undefined;
}

/**
 * @returns the body of the answer
 * @throws with the path and what n8n said: it answers 503 while its database is slow, and the bare status names neither
 */
export async function postTo(address: string, body: unknown, settings: AxiosRequestConfig): Promise<unknown> {
	const asked = { ...settings, proxy: false as const, validateStatus: () => true };
	const { status, data } = await axios.post<unknown>(address, body, asked);
	if (status >= 200 && status < 300) return data;
	throw new Error(`POST ${new URL(address).pathname} was answered with ${status}: ${JSON.stringify(data)}`);
}

/** Posts over a few open connections. Each connection sends its next post after the answer to the last one. */
export class LoadClient {
	private readonly agent: Agent;

	constructor(private readonly connections: number) {
		this.agent = new Agent({ keepAlive: true, maxSockets: connections });
	}

	async post(posts: readonly Post[]): Promise<void> {
		const left = [...posts];
		const work = async () => {
			for (let post = left.shift(); post !== undefined; post = left.shift()) {
				const { address, body, headers = {}, expect } = post;
				const answer = await postTo(address, body, { headers, httpAgent: this.agent, timeout: 30_000 });
				expect?.(answer);
			}
		};
		await Promise.all(Array.from({ length: this.connections }, work));
	}

	close(): void {
		this.agent.destroy();
	}
}
