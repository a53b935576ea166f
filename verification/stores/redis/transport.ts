/** A way to reach a Redis: a connection, or HTTP. */
export interface RedisTransport {
	/** Whether keys with different hash tags may lie on different nodes. A script reaches only the keys of one node. */
	readonly isCluster: boolean;
	/**
	 * @param key that the command uses, so that a cluster can find its node
	 * @returns texts, whole numbers, null, and lists of them
	 * @throws RedisReplyError if the server refused the command. Over HTTP, a gateway in front of the server may have
	 * refused it, perhaps after the server had done it. After any other error it is unknown whether the command was done.
	 */
	send(key: string, command: readonly string[]): Promise<unknown>;
	close(): Promise<void>;
}

/** The server refused a command. The message is the server's, for example 'READONLY You can't write against ...'. */
export class RedisReplyError extends Error {
	override readonly name = 'RedisReplyError';
}
