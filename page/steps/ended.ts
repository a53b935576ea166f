import { html } from '../html';
import type { Texts } from '../languages/texts';
import type { EndedView } from '../view';
import { focusedHeading, hiddenField, marks, type Step } from './step';

export function endedStep({ reason, canRestart, verificationId }: EndedView, texts: Texts): Step {
	const { title, text } = texts.ended[reason];
	const restart = html`<form method="post" accept-charset="utf-8">
		${hiddenField('verificationId', verificationId)}
		<button type="submit" name="restart" value="true">${texts.startAgain}</button>
	</form>`;
	const asksForNewCode = reason === 'expired' || reason === 'not_found';
	const body = html`${focusedHeading(title)}
		<p class="lead last">${asksForNewCode && !canRestart ? texts.done.close : text}</p>
		${canRestart && restart}`;
	return { title, mark: marks.ended, body };
}
