import { times } from '../../policy';
import type { DeliveryUpdate, MessageQuery } from '../store';
import type { Keyspace } from './keyspace';
import type { ScriptRunner } from './runner';
import * as scripts from './scripts';

/** A verification and the phone that it belongs to. */
export interface Owner {
	phoneKey: string;
	verificationId: string;
}

/**
 * Finds the keys of a verification when something else than its id is known. The keys read here may lie on another node
 * than the verification, so the answer is only a hint: the script that uses it decides.
 */
export class Lookups {
	constructor(
		private readonly runner: ScriptRunner,
		private readonly keys: Keyspace,
	) {}

	/** @returns ids of the phone's verifications for a purpose, newest first */
	async newest(phoneKey: string, purpose: string): Promise<string[]> {
		return (await this.read(this.keys.newest(phoneKey, purpose)))?.split(' ') ?? [];
	}

	/** @returns the key of the phone that a verification was made for */
	phoneOf(verificationId: string): Promise<string | undefined> {
		return this.read(this.keys.owner(verificationId));
	}

	async ownerOfMessage({ messageKeys }: MessageQuery): Promise<Owner | undefined> {
		for (const key of messageKeys) {
			const [phoneKey, verificationId] = (await this.read(this.keys.message(key)))?.split(' ') ?? [];
			if (phoneKey !== undefined && verificationId !== undefined) return { phoneKey, verificationId };
		}
		return undefined;
	}

	/** The phone of a send can have several keys, one for each signing secret, so there can be several owners. */
	async ownersOfSend({ sendId, phoneKeys }: DeliveryUpdate): Promise<Owner[]> {
		const owners = phoneKeys.map(async (phoneKey) => {
			const verificationId = await this.read(this.keys.send(phoneKey, sendId));
			return verificationId === undefined ? [] : [{ phoneKey, verificationId }];
		});
		return (await Promise.all(owners)).flat();
	}

	async writeOwnerOfMessage(messageKey: string, { phoneKey, verificationId }: Owner): Promise<void> {
		const key = this.keys.message(messageKey);
		await this.runner.command(key, 'SET', key, `${phoneKey} ${verificationId}`, 'PX', String(times.kept));
	}

	/** @returns the text under a key */
	async read(key: string): Promise<string | undefined> {
		const [text] = await this.runner.run(scripts.read, [key], []);
		return typeof text === 'string' && text !== '' ? text : undefined;
	}
}
