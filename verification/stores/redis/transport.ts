/** A way to a Redis: a connection, or HTTP. */
export interface RedisLink {
	/** Whether keys with other hash tags may lie on other nodes, out of a script's reach. */
	readonly isCluster: boolean;
	/**
	 * @param key what the command is about, so that a cluster finds its node
	 * @returns texts, whole numbers, null and lists of them
	 * @throws RedisReplyError where the server refused, or over HTTP something before it did, maybe after it was done;
	 * anything else means that nobody knows whether it was done
	 */
	send(key: string, command: readonly string[]): Promise<unknown>;
	close(): Promise<void>;
}

/** The server's refusal in its own words, such as 'READONLY You can't write against a read only replica.' */
export class RedisReplyError extends Error {
	override readonly name = 'RedisReplyError';
}
