import { html, Html } from './html';
import { languages, pageLanguage, type PageLanguage } from './languages';
import type { Texts } from './languages/texts';
import { script } from './script';
import { securityHeaders, turnstileScript } from './security-headers';
import { codeStep } from './steps/code';
import { doneStep } from './steps/done';
import { endedStep } from './steps/ended';
import { numberStep } from './steps/number';
import type { Step } from './steps/step';
import { unavailableStep } from './steps/unavailable';
import { style, styleOf, themeColors } from './style';
import type { PageView } from './view';
import { webAddress } from './web-address';

export interface RenderedPage {
	html: string;
	headers: Record<string, string>;
}

/** One self-contained document for the browser. It posts to its own address. */
export function renderPage(view: PageView): RenderedPage {
	const language = pageLanguage(view.language);
	const texts: Texts = languages[language];
	const step = stepOf(view, texts, language);
	const ownStyle = styleOf(view.look?.accentColor, step.codeLength ?? 0);
	const logo = webAddress(view.look?.logoUrl);
	const hasTurnstile = view.step === 'number' && view.protection?.kind === 'turnstile';
	const privacy = webAddress(view.look?.privacyUrl);
	const page = documentOf(step, { language, texts, ownStyle, logo, privacy, hasTurnstile });
	return {
		html: page.text,
		headers: securityHeaders({ styles: [style, ownStyle], script, logo, hasTurnstile }),
	};
}

function stepOf(view: PageView, texts: Texts, language: PageLanguage): Step {
	switch (view.step) {
		case 'number':
			return numberStep(view, texts, language);
		case 'code':
			return codeStep(view, texts, language);
		case 'done':
			return doneStep(view, texts);
		case 'ended':
			return endedStep(view, texts);
		case 'unavailable':
			return unavailableStep(texts);
	}
}

interface Frame {
	language: PageLanguage;
	texts: Texts;
	ownStyle: string;
	logo: URL | undefined;
	privacy: URL | undefined;
	hasTurnstile: boolean;
}

function documentOf(step: Step, { language, texts, ownStyle, logo, privacy, hasTurnstile }: Frame): Html {
	return html`<!doctype html>
		<html lang="${language}" dir="${texts.direction}">
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta name="format-detection" content="telephone=no" />
				<meta name="theme-color" content="${themeColors.light}" media="(prefers-color-scheme: light)" />
				<meta name="theme-color" content="${themeColors.dark}" media="(prefers-color-scheme: dark)" />
				${step.next && html`<noscript><meta http-equiv="refresh" content="0;url=${step.next.href}" /></noscript>`}
				<title>${step.title}</title>
				${element('style', style)} ${element('style', ownStyle)}
				${hasTurnstile && html`<script src="${turnstileScript}" async defer></script>`}
			</head>
			<body>
				<main>
					${logo === undefined ? step.mark : html`<img class="logo" src="${logo.href}" alt="" />`} ${step.body}
					<p class="unseen" id="live" role="status" data-wait="${texts.wait}"></p>
				</main>
				${privacy && privacyLink(privacy, texts)} ${element('script', script)}
			</body>
		</html>`;
}

function privacyLink({ href }: URL, { privacy }: Texts): Html {
	return html`<footer><a href="${href}" target="_blank" rel="noreferrer">${privacy}</a></footer>`;
}

/** Exactly the text that the Content-Security-Policy has the hash of. */
function element(name: 'style' | 'script', text: string): Html {
	return new Html(`<${name}>${text}</${name}>`);
}
