import { fillHtml, html, type Html } from '../html';
import type { PageLanguage } from '../languages';
import type { Texts } from '../languages/texts';
import type { BotProtection, NumberError, NumberView } from '../view';
import { errorParagraph, errorText, marks, type Step } from './step';

/** A number that belongs to no person: https://en.wikipedia.org/wiki/555_(telephone_number) */
const example = '+1 201 555 0123';

/** Errors that another number would solve. */
const wrongNumber: readonly NumberError[] = ['missing_phone', 'invalid_phone', 'blocked_country', 'undeliverable'];

export function numberStep(view: NumberView, texts: Texts, language: PageLanguage): Step {
	const { look, phone, error, protection, defaultCountry } = view;
	const text = look?.text?.trim();
	const title = look?.title?.trim() || texts.signIn;
	const isWrong = error !== undefined && wrongNumber.includes(error);
	const described = error === undefined ? 'hint' : 'error hint';
	const body = html`<h1><bdi>${title}</bdi></h1>
		${text && html`<p class="lead"><bdi>${text}</bdi></p>`}
		<p class="lead">${texts.numberIntro}</p>
		<form method="post" accept-charset="utf-8" class="${isWrong && 'wrong'}" ${protectionData(protection)}>
			<label for="phone">${texts.numberLabel}</label>
			<div class="number" dir="ltr">
				${defaultCountry && html`<span aria-hidden="true">+${defaultCountry.callingCode}</span>`}
				<input
					id="phone"
					name="phone"
					type="tel"
					inputmode="tel"
					autocomplete="tel"
					maxlength="40"
					required
					autofocus
					value="${phone}"
					aria-describedby="${described}"
					${isWrong && html`aria-invalid="true"`}
				/>
			</div>
			<p class="hint" id="hint">${hint(defaultCountry, texts, language)}</p>
			${errorParagraph(errorText(view, texts, language))} ${protectionParts(view, texts, language)}
			<button type="submit">${texts.sendCode}</button>
		</form>`;
	return { title, mark: marks.chat, body };
}

function hint(country: NumberView['defaultCountry'], texts: Texts, language: PageLanguage): Html {
	if (country === undefined) return fillHtml(texts.numberHint, { example: html`<bdi dir="ltr">${example}</bdi>` });
	const callingCode = html`<bdi dir="ltr">+${country.callingCode}</bdi>`;
	return fillHtml(texts.presetCountry, { country: html`${nameOf(country.code, language)} (${callingCode})` });
}

/** The name of a country in the language of the page. */
function nameOf(code: string, language: PageLanguage): string {
	const isCode = /^[a-z]{2}$/i.test(code);
	return (isCode && new Intl.DisplayNames(language, { type: 'region' }).of(code)) || code;
}

/** What the script needs to solve the challenge. */
function protectionData(protection: BotProtection | undefined): Html | undefined {
	if (protection?.kind !== 'proofOfWork') return undefined;
	const challenge = JSON.stringify(protection.challenge);
	return html` data-challenge="${challenge}"`;
}

function protectionParts({ protection, error }: NumberView, texts: Texts, language: PageLanguage): Html | undefined {
	if (protection === undefined) return undefined;
	const withoutScript = html`<noscript><p class="error">${texts.needsScript}</p></noscript>`;
	// Without JavaScript, the host allows a few posts. After that, the person must know what helps.
	const needed = error === 'not_protected' && withoutScript;
	if (protection.kind === 'proofOfWork') return html`<input type="hidden" name="altcha" />${needed}`;
	const { siteKey } = protection;
	return html`<div
			class="turnstile cf-turnstile"
			data-sitekey="${siteKey}"
			data-language="${language.toLowerCase()}"
			data-theme="auto"
			data-size="flexible"
		></div>
		${needed}`;
}
