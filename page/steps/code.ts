import { fillHtml, html, type Html } from '../html';
import { pluralize, type PageLanguage } from '../languages';
import type { Texts } from '../languages/texts';
import type { CodeView } from '../view';
import { errorParagraph, errorText, hiddenField, inWords, marks, type Step } from './step';

export function codeStep(view: CodeView, texts: Texts, language: PageLanguage): Step {
	const { look, code, error, notice, verificationId } = view;
	const brand = look?.title?.trim() || undefined;
	const isWrong = error === 'missing_code' || error === 'invalid_code' || error === 'malformed';
	const body = html`${brand && html`<p class="brand"><bdi>${brand}</bdi></p>`}
		<h1>${texts.codeTitle}</h1>
		<p class="lead">${fillHtml(texts.codeIntro, { number: maskedNumber(view.maskedPhone) })}</p>
		${notice && html`<p class="note" role="status">${texts.notices[notice]}</p>`}
		<form method="post" accept-charset="utf-8" class="${isWrong && 'wrong'}" ${dataOf(view, texts)}>
			${hiddenField('verificationId', verificationId)}
			<label for="code">${texts.codeLabel}</label>
			<div class="code plain" id="boxes">
				<div class="boxes" aria-hidden="true">${Array.from({ length: code.length }, () => html`<i></i>`)}</div>
				<input
					id="code"
					name="code"
					type="text"
					inputmode="${code.alphabet === 'digits' ? 'numeric' : 'text'}"
					autocomplete="one-time-code"
					autocapitalize="characters"
					autocorrect="off"
					spellcheck="false"
					maxlength="64"
					required
					autofocus
					aria-describedby="${error === undefined ? 'meta' : 'error meta'}"
					${isWrong && html`aria-invalid="true"`}
				/>
			</div>
			${errorParagraph(errorText(view, texts, language))}
			<p class="meta" id="meta">
				<span>${pluralize(language, texts.attempts, view.attemptsRemaining)}</span>
				<span>${remainingLife(view, texts, language)}</span>
			</p>
			<button type="submit" id="confirm">${texts.confirm}</button>
		</form>
		${others(view, texts)}`;
	return {
		title: brand === undefined ? texts.codeTitle : `${texts.codeTitle} - ${brand}`,
		mark: marks.chat,
		body,
		codeLength: code.length,
	};
}

/** Dots for the eyes. A screen reader would say "asterisk" for each of them. */
function maskedNumber(masked: string): Html {
	const pieces = masked.split(/(\*+)/).map((piece, index) => {
		return index % 2 === 0 ? html`${piece}` : html`<span aria-hidden="true">${'•'.repeat(piece.length)}</span>`;
	});
	return html`<bdi dir="ltr">${pieces}</bdi>`;
}

/** Whole minutes, until the script counts down. */
function remainingLife(view: CodeView, texts: Texts, language: PageLanguage): Html {
	const time = html`<bdi id="life" role="timer">${inWords(view.expiresInSeconds, texts, language)}</bdi>`;
	return fillHtml(texts.expiresIn, { time });
}

/** What the script needs to count down. */
function dataOf(view: CodeView, texts: Texts): Html {
	const { code, expiresInSeconds } = view;
	const { title, text } = texts.ended.expired;
	const expired = isFinal(view) ? title : `${title}\n${text}`;
	return html` data-alphabet="${code.alphabet}" data-expires-in="${expiresInSeconds}"
	data-expires-soon="${texts.expiresSoon}" data-expired="${expired}"`;
}

/** The person cannot get another code on this page. */
function isFinal({ resendInSeconds, canChangeNumber }: CodeView): boolean {
	return resendInSeconds === undefined && !canChangeNumber;
}

/** A form without the field, so that neither button needs a code. */
function others(view: CodeView, texts: Texts): Html | undefined {
	if (isFinal(view)) return undefined;
	const { verificationId, resendInSeconds, canChangeNumber } = view;
	const resend = html`<button
		type="submit"
		class="link"
		id="resend"
		name="resend"
		value="true"
		data-wait="${resendInSeconds}"
		data-wait-text="${texts.resendIn}"
		data-ready-text="${texts.resendReady}"
	>
		${texts.resend}
	</button>`;
	const restart = html`<button type="submit" class="link" name="restart" value="true">${texts.changeNumber}</button>`;
	return html`<form method="post" accept-charset="utf-8" class="others">
		${hiddenField('verificationId', verificationId)} ${resendInSeconds !== undefined && resend}
		${canChangeNumber && restart}
	</form>`;
}
