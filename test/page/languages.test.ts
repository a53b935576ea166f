import { chooseLanguage, pageLanguage, pageLanguages } from '../../page';
import { languages, pluralize } from '../../page/languages';
import type { Plural } from '../../page/languages/texts';

const isPlural = (value: unknown): value is Plural => typeof value === 'object' && value !== null && 'other' in value;

/** Every text by its path, for example `ended.locked.title`. A plural gives one text for each category. */
function textsOf(value: unknown, path = ''): Map<string, string> {
	if (typeof value === 'string') return new Map([[path, value]]);
	const parts = Object.entries(value as object).flatMap(([key, part]) => [...textsOf(part, `${path}.${key}`)]);
	return new Map(parts);
}

function pluralsOf(value: object, path = ''): [string, Plural][] {
	return Object.entries(value).flatMap(([key, part]): [string, Plural][] => {
		if (isPlural(part)) return [[`${path}.${key}`, part]];
		return typeof part === 'object' && part !== null ? pluralsOf(part as object, `${path}.${key}`) : [];
	});
}

const withoutPlurals = (texts: Map<string, string>) =>
	new Map([...texts].filter(([path]) => !/\.(?:zero|one|two|few|many|other)$/.test(path)));
const placesOf = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

const english = withoutPlurals(textsOf(languages.en));

describe('the texts of the page', () => {
	it('exist in ten languages', () => {
		expect(pageLanguages).toEqual(['ar', 'de', 'en', 'es', 'fr', 'hi', 'id', 'it', 'pt-BR', 'tr']);
	});

	it.each(pageLanguages)('are complete in %s, with the same places for values', (language) => {
		const texts = withoutPlurals(textsOf(languages[language]));
		expect([...texts.keys()]).toEqual([...english.keys()]);
		for (const [path, text] of texts) {
			expect(text.trim()).toBe(text);
			expect({ path, places: placesOf(text) }).toEqual({ path, places: placesOf(english.get(path) ?? '') });
		}
	});

	it.each(pageLanguages)('are translated in %s', (language) => {
		const texts = withoutPlurals(textsOf(languages[language]));
		const same = [...texts].filter(([path, text]) => english.get(path) === text).map(([path]) => path);
		// The word for a code is the same in German and French.
		expect(same).toEqual(
			language === 'en' ? [...english.keys()] : same.filter((path) => /codeLabel|direction/.test(path)),
		);
	});

	it.each(pageLanguages)('have in %s the plural forms that its numbers need', (language) => {
		const rules = new Intl.PluralRules(language);
		const needed = new Set(Array.from({ length: 1000 }, (_, count) => rules.select(count)));
		const plurals = pluralsOf(languages[language]);
		expect(plurals.map(([path]) => path)).toEqual(['.attempts', '.minutes', '.hours']);
		for (const [path, plural] of plurals) {
			expect({ path, forms: Object.keys(plural).sort() }).toEqual({ path, forms: [...needed].sort() });
			for (const count of [2, 3, 5, 11, 15, 100]) expect(pluralize(language, plural, count)).not.toContain('{');
		}
	});

	it.each([
		['en', 1, '1 attempt left'],
		['en', 5, '5 attempts left'],
		['ar', 1, 'بقيت محاولة واحدة'],
		['ar', 2, 'بقيت محاولتان'],
		['ar', 5, 'بقيت 5 محاولات'],
		['fr', 1, '1 essai restant'],
		['id', 1, 'Sisa 1 percobaan'],
	] as const)('count in %s: %d', (language, count, text) => {
		expect(pluralize(language, languages[language].attempts, count)).toBe(text);
	});
});

describe('chooseLanguage', () => {
	const among = ['en_US', 'pt_BR', 'de', 'es_MX', 'es'] as const;

	it.each([
		['the first wish', 'de-DE,de;q=0.9,en;q=0.8', 'de'],
		['the wish of the highest quality', 'en;q=0.2, de;q=0.9', 'de'],
		['the exact code before the language', 'es,en', 'es'],
		['a language of another region', 'pt-PT', 'pt_BR'],
		['a later wish if the first has no template', 'ja, sw;q=0.8, es-MX;q=0.5', 'es_MX'],
		['the first template without a wish', undefined, 'en_US'],
		['the first template for an unknown language', 'ja', 'en_US'],
		['the first template for any language', '*', 'en_US'],
		['nothing that the browser refuses', 'de;q=0', 'en_US'],
		['the first template for noise', ';;,,q=;\u0000=,😀;q=2', 'en_US'],
		['an answer to a header of any length', `${'xx,'.repeat(100_000)}de`, 'en_US'],
	])('takes %s', (_, header, chosen) => {
		expect(chooseLanguage(header, among)).toBe(chosen);
	});
});

describe('pageLanguage', () => {
	it.each([
		['pt_PT', 'pt-BR'],
		['en_GB', 'en'],
		['zh_CN', 'en'],
		['in', 'id'],
		['AR', 'ar'],
		['__proto__', 'en'],
		['', 'en'],
	])('of %j is %s', (code, language) => {
		expect(pageLanguage(code)).toBe(language);
	});
});
