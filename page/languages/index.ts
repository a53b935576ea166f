import { arabic } from './ar';
import { german } from './de';
import { english } from './en';
import { spanish } from './es';
import { french } from './fr';
import { hindi } from './hi';
import { indonesian } from './id';
import { italian } from './it';
import { brazilianPortuguese } from './pt-BR';
import type { Plural, Texts } from './texts';
import { turkish } from './tr';

/** The texts of each language, by the code that stands in `<html lang>`. */
export const languages = {
	ar: arabic,
	de: german,
	en: english,
	es: spanish,
	fr: french,
	hi: hindi,
	id: indonesian,
	it: italian,
	'pt-BR': brazilianPortuguese,
	tr: turkish,
} as const satisfies Record<string, Texts>;

export type PageLanguage = keyof typeof languages;

export const pageLanguages = Object.keys(languages).filter(isPageLanguage);

/** The language of the page for a language code such as `pt_BR`, `pt_PT` or `de-AT`: English if there is no better. */
export function pageLanguage(code: string): PageLanguage {
	const wanted = primary(code);
	return pageLanguages.find((language) => primary(language) === wanted) ?? 'en';
}

/**
 * @param acceptLanguage what the browser sent
 * @param among language codes as the builder or the provider writes them, for example `pt_BR`; not empty
 * @returns the one that the person prefers, or the first one
 */
export function chooseLanguage(acceptLanguage: string | undefined, among: readonly [string, ...string[]]): string {
	for (const wish of wishes(acceptLanguage ?? '')) {
		const exact = among.find((code) => normal(code) === wish);
		const sameLanguage = exact ?? among.find((code) => primary(code) === primary(wish));
		if (sameLanguage !== undefined) return sameLanguage;
	}
	return among[0];
}

/** The form of a plural for a number, with the number in its place. */
export function pluralize(language: PageLanguage, plural: Plural, count: number): string {
	const form = plural[new Intl.PluralRules(language).select(count)] ?? plural.other;
	return form.replace('{count}', String(count));
}

function isPageLanguage(code: string): code is PageLanguage {
	return code in languages;
}

/** Longer headers come from no browser. */
const maxHeader = 1000;

/** The languages of an Accept-Language header, the most wanted first. */
function wishes(header: string): string[] {
	return header
		.slice(0, maxHeader)
		.split(',')
		.map((part) => {
			const [code = '', ...parameters] = part.split(';');
			const quality = parameters.map((text) => /^\s*q\s*=\s*([\d.]+)\s*$/i.exec(text)?.[1]).find(Boolean);
			return { code: normal(code), quality: Number(quality ?? 1) };
		})
		.filter(({ code, quality }) => code !== '' && quality > 0)
		.sort((one, other) => other.quality - one.quality)
		.map(({ code }) => code);
}

function normal(code: string): string {
	return code.trim().toLowerCase().replaceAll('_', '-');
}

/** `pt` of `pt-BR`. `in` is the old code of Indonesian. */
function primary(code: string): string {
	const [language = ''] = normal(code).split('-');
	return language === 'in' ? 'id' : language;
}
