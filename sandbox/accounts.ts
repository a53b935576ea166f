import { emulators } from './providers';

type Emulators = typeof emulators;

/** The admin API and the logs call a provider by this id. */
export type ProviderId = keyof Emulators;

type Accounts = { readonly [Id in ProviderId]: Emulators[Id]['account'] };

const entries = Object.values(emulators).map(({ id, account }) => [id, account] as const);

/**
 * The accounts of the sandbox by provider. They never change, so credentials can be written down once. The keys
 * are public and open only the sandbox. The cast only restores which id has which account.
 */
export const accounts = Object.fromEntries(entries) as Accounts;
