import { html, type Html } from '../html';
import { pluralize, type PageLanguage } from '../languages';
import type { Texts } from '../languages/texts';
import type { CodeError, CodeView, NumberError, NumberView } from '../view';

/** The parts of a page that differ from step to step. */
export interface Step {
	/** In the browser's tab. */
	title: string;
	/** Stands above the heading if the builder has no logo. */
	mark: Html;
	body: Html;
	/** For the style of the code's boxes. */
	codeLength?: number;
	/** Where the browser goes on. */
	next?: URL;
}

export const marks = {
	chat: mark('', 'M12 3.5a8.5 8.5 0 0 0-7.3 12.9L3.5 20.5l4.2-1.1A8.5 8.5 0 1 0 12 3.5ZM8.5 12.2l2.4 2.4 4.6-5'),
	done: mark('', 'm5 12.8 4.6 4.6L19.5 7'),
	ended: mark('bad', 'M12 6.5v6.5M12 17.2v.1'),
	waiting: mark('quiet', 'M12 6.5V12l3.5 2.5M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z'),
};

function mark(kind: '' | 'bad' | 'quiet', path: string): Html {
	return html`<div class="mark ${kind}" aria-hidden="true">
		<svg viewBox="0 0 24 24"><path d="${path}" /></svg>
	</div>`;
}

/** A screen reader begins here, if the step has no field. */
export function focusedHeading(text: string): Html {
	return html`<h1 tabindex="-1" autofocus>${text}</h1>`;
}

export function hiddenField(name: string, value: string | undefined): Html | undefined {
	return value === undefined ? undefined : html`<input type="hidden" name="${name}" value="${value}" />`;
}

/** A paragraph that scripts can fill. Without an error it is empty and takes no place. */
export function errorParagraph(text: string | undefined): Html {
	return html`<p class="error" id="error" role="alert">${text}</p>`;
}

/** Errors that pass: the page says when to try again. */
const passing: ReadonlySet<NumberError | CodeError> = new Set(['rate_limited', 'cooldown', 'not_sent']);

/** What happened and what to do. */
export function errorText(view: NumberView | CodeView, texts: Texts, language: PageLanguage): string | undefined {
	if (view.error === undefined) return undefined;
	const said = view.step === 'number' ? texts.numberErrors[view.error] : texts.codeErrors[view.error];
	if (!passing.has(view.error)) return said;
	const { retryAfterSeconds: seconds } = view;
	if (seconds === undefined) return `${said} ${texts.tryAgainLater}`;
	return `${said} ${texts.tryAgainIn.replace('{time}', inWords(seconds, texts, language))}`;
}

/** Whole minutes, or whole hours from 2 hours on. Never less than a minute. */
export function inWords(seconds: number, texts: Texts, language: PageLanguage): string {
	const minutes = Math.max(1, Math.ceil(seconds / 60));
	if (minutes < 120) return pluralize(language, texts.minutes, minutes);
	return pluralize(language, texts.hours, Math.ceil(minutes / 60));
}
