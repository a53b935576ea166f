import { Agent } from 'node:http';
import axios from 'axios';

export interface Post {
	address: string;
	body: unknown;
	headers?: Record<string, string>;
	/** Checks the answer. @throws if it is wrong, because a fast wrong answer must not count */
	expect?: ((answer: unknown) => void) | undefined;
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
				const settings = { headers, httpAgent: this.agent, proxy: false as const, timeout: 30_000 };
				const { data } = await axios.post<unknown>(address, body, settings);
				expect?.(data);
			}
		};
		await Promise.all(Array.from({ length: this.connections }, work));
	}

	close(): void {
		this.agent.destroy();
	}
}
