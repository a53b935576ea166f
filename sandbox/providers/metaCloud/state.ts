import { omitUndefined } from '../../omit-undefined';
import type { Kept, OwnState } from '../../state';

/** Where the app's webhooks go (docs/reference/providers.md 1.9). */
export class MetaCloudState implements OwnState {
	isSubscribed = false;
	/** Overrides of the app's address: the number's comes before the account's. */
	overrides: { phone_number?: string; whatsapp_business_account?: string } = {};

	/** The address that gets the events. The app of the sandbox has no address. */
	get receiver(): string | undefined {
		if (!this.isSubscribed) return undefined;
		return this.overrides.phone_number ?? this.overrides.whatsapp_business_account;
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
	}
}
