import { script } from './script';

/**
 * Reads the text under a key. It is a script because a hosted Redis may answer a plain GET from a replica that is not
 * up to date.
 *
 * KEYS:
 *   1    any key that holds a text
 *
 * @returns the text, or '' if there is none.
 */
export const read = script([], "return redis.call('GET', KEYS[1]) or ''");
