import { randomBytes } from 'node:crypto';
import type { Message } from '../../messages';
import type { Send } from './send-rules';
import { bodyText, wordingOf } from './wording';

/** Looks like Meta's: base64 of a length-prefixed recipient and a random hex id (docs/reference/providers.md 1.6). */
export function newWamid(to: string): string {
	const id = randomBytes(9).toString('hex').toUpperCase();
	const bytes = [0x1c, 0x18, to.length, ...Buffer.from(to), 0x15, 0x02, 0x00, 0x11, 0x18, id.length];
	return `wamid.${Buffer.from([...bytes, ...Buffer.from(id), 0]).toString('base64')}`;
}

interface Accepted {
	/** Id of the provider. */
	provider: string;
	/** Id of the message. */
	id: string;
	send: Send;
	/** Milliseconds since the epoch. */
	at: number;
	/** The message will fail with this error. */
	failure?: Message['error'];
}

/** The message as Meta words it and as the phone shows it. */
export function messageOf({ provider, id, send, at, failure }: Accepted): Message {
	const { to, template, code, callbackData } = send;
	const { name, language, otp } = template;
	const wording = wordingOf(language);
	const minutes = otp.codeExpirationMinutes;
	return {
		id,
		provider,
		to,
		template: { name, language },
		code,
		// A function, because a code may contain a pattern of String.replace, for example $&.
		text: bodyText(wording, otp.addSecurityRecommendation).replace('{{1}}', () => code),
		footer: minutes === undefined ? undefined : wording.expiry(minutes),
		expiresAt: minutes === undefined ? undefined : new Date(at + minutes * 60_000).toISOString(),
		button: { type: otp.type, text: otp.copyText, autofillText: otp.autofillText },
		callbackData,
		acceptedAt: new Date(at).toISOString(),
		status: 'accepted',
		history: [],
		error: failure,
	};
}
