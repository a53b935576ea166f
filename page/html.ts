/** A piece of HTML in which every value is escaped. */
export class Html {
	constructor(readonly text: string) {}
}

/** `undefined` and `false` leave a place empty. */
export type HtmlValue = Html | string | number | false | undefined | readonly Html[];

/** The tag of a template whose values are escaped: html`<p>${text}</p>`. Attributes need quotes. */
export function html(parts: TemplateStringsArray, ...values: HtmlValue[]): Html {
	const [first = '', ...others] = parts.map(withoutIndents);
	return new Html(first + others.map((part, index) => write(values[index]) + part).join(''));
}

/** Fills the places of a text, for example `{number}`, with pieces of HTML. */
export function fillHtml(text: string, values: Record<string, Html>): Html {
	const pieces = text.split(/\{(\w+)\}/).map((piece, index) => {
		const value = index % 2 === 1 ? values[piece] : undefined;
		return value ?? html`${piece}`;
	});
	return new Html(pieces.map((piece) => piece.text).join(''));
}

/** Indents are for the readers of the code. The page is smaller without them. */
export function withoutIndents(text: string): string {
	return text.replace(/\n\s+/g, '\n');
}

function write(value: HtmlValue): string {
	if (value === undefined || value === false) return '';
	if (value instanceof Html) return value.text;
	if (typeof value === 'object') return value.map(write).join('');
	return escape(String(value));
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escape(text: string): string {
	return text.replace(controls, ' ').replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** HTML has no way to write these characters. Line ends and tabs stay. */
// eslint-disable-next-line no-control-regex
const controls = /[\0-\x08\x0b-\x1f\x7f]/g;
