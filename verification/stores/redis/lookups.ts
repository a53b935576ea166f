import { times } from '../../policy';
import type { DeliveryUpdate, MessageQuery } from '../store';
import type { Keyspace } from './keyspace';
import type { ScriptRunner } from './runner';
import * as scripts from './scripts';

export interface Owner {
	phoneKey: string;
	verificationId: string;
}

/** Where to look for what is asked for by something else than a verification's id. Only a hint: scripts decide. */
export class Pointers {
	constructor(
		private readonly runner: ScriptRunner,
		private readonly keys: Keyspace,
	) {}

	/** Ids of the phone's verifications for a purpose, newest first. */
	async newest(phoneKey: string, purpose: string): Promise<string[]> {
		return (await this.text(this.keys.newest(phoneKey, purpose)))?.split(' ') ?? [];
	}

	/** The phone that a verification was made for. */
	phoneOf(verificationId: string): Promise<string | undefined> {
		return this.text(this.keys.owner(verificationId));
	}

	async ofMessage({ messageKeys }: MessageQuery): Promise<Owner | undefined> {
		for (const key of messageKeys) {
			const [phoneKey, verificationId] = (await this.text(this.keys.message(key)))?.split(' ') ?? [];
			if (phoneKey !== undefined && verificationId !== undefined) return { phoneKey, verificationId };
		}
		return undefined;
	}

	/** The send id's phone can be read in several ways, one for each secret. */
	async ofSend({ sendId, phoneKeys }: DeliveryUpdate): Promise<Owner[]> {
		const owners = phoneKeys.map(async (phoneKey) => {
			const verificationId = await this.text(this.keys.send(phoneKey, sendId));
			return verificationId === undefined ? [] : [{ phoneKey, verificationId }];
		});
		return (await Promise.all(owners)).flat();
	}

	async rememberMessage(messageKey: string, { phoneKey, verificationId }: Owner): Promise<void> {
		const key = this.keys.message(messageKey);
		await this.runner.command(key, 'SET', key, `${phoneKey} ${verificationId}`, 'PX', String(times.kept));
	}

	/** Whatever stands under a key. */
	async text(key: string): Promise<string | undefined> {
		const [text] = await this.runner.run(scripts.point, [key], []);
		return typeof text === 'string' && text !== '' ? text : undefined;
	}
}
