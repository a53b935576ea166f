import { times } from '../../policy';
import type { DeliveryNews, MessageQuery } from '../store';
import type { Keyspace } from './keyspace';
import type { ScriptRunner } from './runner';

export interface Owner {
	phoneKey: string;
	verificationId: string;
}

/** As long as its verification, which is forgotten a day after its end. */
const messageMs = times.absoluteDeadline + times.tombstone;

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

	async ofMessage({ provider, messageId }: MessageQuery): Promise<Owner | undefined> {
		const [phoneKey, verificationId] = (await this.text(this.keys.message(provider, messageId)))?.split(' ') ?? [];
		return phoneKey === undefined || verificationId === undefined ? undefined : { phoneKey, verificationId };
	}

	/** The send id's phone can be read in several ways, one for each secret. */
	async ofSend({ sendId, phoneKeys = [] }: DeliveryNews): Promise<Owner[]> {
		if (sendId === undefined) return [];
		const owners = phoneKeys.map(async (phoneKey) => {
			const verificationId = await this.text(this.keys.send(phoneKey, sendId));
			return verificationId === undefined ? [] : [{ phoneKey, verificationId }];
		});
		return (await Promise.all(owners)).flat();
	}

	async rememberMessage(provider: string, messageId: string, { phoneKey, verificationId }: Owner): Promise<void> {
		const key = this.keys.message(provider, messageId);
		await this.runner.command(key, 'SET', key, `${phoneKey} ${verificationId}`, 'PX', String(messageMs));
	}

	private async text(key: string): Promise<string | undefined> {
		const value = await this.runner.command(key, 'GET', key);
		return typeof value === 'string' ? value : undefined;
	}
}
