import { html } from '../html';
import type { Texts } from '../languages/texts';
import { focusedHeading, marks, type Step } from './step';

export function unavailableStep({ unavailable, tryAgain }: Texts): Step {
	const body = html`${focusedHeading(unavailable.title)}
		<p class="lead last">${unavailable.text}</p>
		<a class="button" href="">${tryAgain}</a>`;
	return { title: unavailable.title, mark: marks.waiting, body };
}
