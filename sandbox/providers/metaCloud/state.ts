import { omitUndefined } from '../../omit-undefined';
import type { Kept, OwnState } from '../../state';

/** Where the app's webhooks go (docs/reference/providers.md 1.9). */
export class MetaCloudState implements OwnState {
	isSubscribed = false;
	/** Overrides of the app's address: the number's comes before the account's. */
	overrides: { phone_number?: string; whatsapp_business_account?: string } = {};

	/** The app's own callback URL, with the fields that it gets. At first the app has none. */
	app?: { callbackUrl: string; fields: string[] };

	/** The address that gets the events of a field. Overrides apply to messages, and not to templates. */
	receiverOf(field: string): string | undefined {
		if (!this.isSubscribed) return undefined;
		const { phone_number, whatsapp_business_account } = this.overrides;
		const override = field === 'messages' ? (phone_number ?? whatsapp_business_account) : undefined;
		return override ?? (this.app?.fields.includes(field) ? this.app.callbackUrl : undefined);
	}

	/** As the number shows it. */
	get configuration(): object {
		return omitUndefined({ ...this.overrides, application: this.app?.callbackUrl });
	}

	/** Without a URL, the account's override ends. */
	subscribe(callbackUrl: string | undefined): void {
		this.isSubscribed = true;
		this.override('whatsapp_business_account', callbackUrl);
	}

	override(level: keyof MetaCloudState['overrides'], callbackUrl: string | undefined): void {
		this.overrides = omitUndefined({ ...this.overrides, [level]: callbackUrl });
	}

	/** The number's override stays, but gets no events. */
	unsubscribe(): void {
		this.isSubscribed = false;
		this.override('whatsapp_business_account', undefined);
	}

	clear(keep: Kept): void {
		if (keep.subscriptions) return;
		this.unsubscribe();
		this.overrides = {};
		this.app = undefined;
	}
}
