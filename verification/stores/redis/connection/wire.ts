/** One open connection, or several of a cluster. */
export interface Wire {
	readonly isReady: boolean;
	/** @throws RedisReplyError if the server refused the command */
	send(key: string, command: readonly string[]): Promise<unknown>;
	destroy(): void;
}
