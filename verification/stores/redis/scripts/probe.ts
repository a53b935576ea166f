import { script } from './script';

/**
 * Fails if the server does not run scripts, or does not let them write.
 *
 * KEYS:
 *   1    a key that nothing else uses
 *
 * @returns 1
 */
export const probe = script(
	[],
	`
redis.call('SET', KEYS[1], clock(''), 'PX', 1000)
return redis.call('DEL', KEYS[1])
`,
);
