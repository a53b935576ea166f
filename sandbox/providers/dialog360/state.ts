import type { Kept, OwnState } from '../../state';

/** An address that gets a copy of each event (docs/reference/providers.md 3.7). */
export interface Destination {
	name: string;
	url: string;
	headers?: Record<string, string>;
}

/** What 360dialog calls the multi-webhook of a number. */
export interface MultiWebhook {
	enabled: boolean;
	destinations: Destination[];
}

const off = (): MultiWebhook => ({ enabled: false, destinations: [] });

export class Dialog360State implements OwnState {
	multiWebhook = off();
	private timer: NodeJS.Timeout | undefined;

	/** A change is only started by its call, and done some time later. */
	get isChanging(): boolean {
		return this.timer !== undefined;
	}

	change(wanted: MultiWebhook): void {
		this.timer = setTimeout(() => {
			this.multiWebhook = wanted;
			this.timer = undefined;
		}, 100);
		this.timer.unref();
	}

	clear(keep: Kept): void {
		if (keep.subscriptions) return;
		clearTimeout(this.timer);
		this.timer = undefined;
		this.multiWebhook = off();
	}
}
