import { Agent } from 'node:http';
import axios from 'axios';

export interface Post {
	address: string;
	body: unknown;
	headers?: Record<string, string>;
	/** @throws where it is not what has to be answered: a fast wrong answer is no figure */
	expect?: ((answer: unknown) => void) | undefined;
}

/** Posts over a few connections that stay open; each takes the next post when its last one is answered. */
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
