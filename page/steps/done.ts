import { html } from '../html';
import type { Texts } from '../languages/texts';
import type { DoneView } from '../view';
import { webAddress } from '../web-address';
import { focusedHeading, marks, type Step } from './step';

/**
 * This step opens the next page, because a host cannot redirect to it: `form-action 'self'` also forbids the redirects
 * that follow a post (docs/architecture.md, 'The page').
 */
export function doneStep(view: DoneView, texts: Texts): Step {
	const { done } = texts;
	const next = view.hasNextStepFailed ? undefined : webAddress(view.redirectUrl);
	const body = html`${focusedHeading(done.title)}
		<p class="lead last"><bdi>${textOf(view, next, texts)}</bdi></p>
		${next && html`<a class="button" id="next" href="${next.href}" rel="noreferrer">${done.continue}</a>`}`;
	return { title: done.title, mark: marks.done, body, ...(next && { next }) };
}

function textOf(view: DoneView, next: URL | undefined, { done }: Texts): string {
	if (view.hasNextStepFailed) return done.nextStepFailed;
	return view.message?.trim() || (next ? done.goesOn : done.close);
}
