import { types } from 'node:util';

/**
 * Runs before each test file. jest runs it in a separate JavaScript realm, and Node throws errors of another realm.
 * Without this, they would not be an `instanceof Error` for n8n and our code. A real n8n has one realm.
 */
const hasInstance = Function.prototype[Symbol.hasInstance];
Object.defineProperty(Error, Symbol.hasInstance, {
	value(this: unknown, candidate: unknown): boolean {
		return hasInstance.call(this, candidate) || (this === Error && types.isNativeError(candidate));
	},
});
