import type { Kept, OwnState } from '../../state';

/** The account's subscription to the app's webhooks (docs/reference/providers.md 1.9). */
export class MetaCloudState implements OwnState {
	isSubscribed = false;
	/** The account's own address, in place of the app's. */
	callbackUrl: string | undefined;

	subscribe(callbackUrl: string | undefined): void {
		this.isSubscribed = true;
		this.callbackUrl = callbackUrl;
	}

	unsubscribe(): void {
		this.isSubscribed = false;
		this.callbackUrl = undefined;
	}

	clear(keep: Kept): void {
		if (!keep.subscriptions) this.unsubscribe();
	}
}
