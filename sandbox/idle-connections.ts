/**
 * Milliseconds for which a server keeps an idle connection. Node's 5 seconds are short on a busy machine: the server
 * closes a connection at the moment when a caller uses it again, and the caller gets a broken connection.
 */
export const keepIdleFor = 10 * 60_000;
