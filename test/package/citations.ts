/**
 * Finds citations of the project's documents whose target does not exist. A citation names a page from the root of the
 * project, then sections by number (`docs/<page>.md 1.8`, `docs/<page>.md 1.2 and 1.5-1.7`) or by heading
 * (`docs/<page>.md, 'Heading'`). Markdown files can also link (`[text](page.md#heading)`).
 */
export interface BadCitation {
	file: string;
	/** From 1. */
	line: number;
	citation: string;
	problem: string;
}

/** What can be cited in a Markdown page. */
interface Page {
	/** `1.8` of the heading `1.8 Limits`. */
	sections: ReadonlySet<string>;
	headings: ReadonlySet<string>;
	/** As GitHub derives them from headings, and those of `<a id="...">`. */
	anchors: ReadonlySet<string>;
}

/** A part of a text, and where it begins. */
interface Found {
	at: number;
	citation: string;
	problem: string;
}

const section = String.raw`\d+(?:\.\d+)*`;
const separator = String.raw`\s*(?:,|-|\u2013|\band\b|\bor\b|\bto\b)\s*`;
const citedPage = /(?<![\w./-])docs\/[\w./-]*\w\.md\b/g;
const citedSections = new RegExp(String.raw`\s+(${section}(?:${separator}${section})*)`, 'y');
const citedHeadings = /,\s*((['"]).+?\2(?!\w)(?:(?:,|\s+and)\s*(['"]).+?\3(?!\w))*)/y;
const itemNumber = /[\s,]+(?:no\.|item|row|number)\s+\d+/y;
const link =
	/\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\s*\[[^\]]+\]:\s*<?([^\s>]+)>?|<(?:img|a)\s[^>]*?(?:src|href)="([^"]+)"/gm;
const barePage = new RegExp(String.raw`(?<![\w./-])([\w-]+)\.md\b(,?\s+${section}|,\s*['"][A-Z])?`, 'gi');

/** References to documents that the project does not have, or that a reader cannot follow. */
const leftovers = [
	{ pattern: /\brules?\s+\d+/gi, problem: 'cite the section of the page that holds the rule, or say the rule' },
	{ pattern: /\bissues?\s+\d+/gi, problem: 'an issue is not a document of the project: say what it asks for' },
	{ pattern: /\bdesign\.md\b/gi, problem: 'there is no such document' },
];
/** A page may cite a section of the same page. */
const bareSection = {
	pattern: /\bsections?\s+\d+/gi,
	problem: 'name the page before the number of the section',
};
const referencePages = ['providers', 'verification-rules', 'verification', 'n8n-host', 'n8n'];

/** @param texts every file of the project by its path from the root; a binary file can have an empty text */
export function badCitations(texts: ReadonlyMap<string, string>): BadCitation[] {
	const pages = new Map<string, Page>();
	for (const [path, text] of texts) if (path.endsWith('.md')) pages.set(path, pageOf(text));
	return [...texts].flatMap(([file, text]) =>
		badIn(file, text, texts, pages).map(({ at, ...found }) => ({ file, line: lineOf(text, at), ...found })),
	);
}

/** How many citations of pages in docs/ a text holds. */
export function countCitations(text: string): number {
	return [...text.matchAll(citedPage)].length;
}

function badIn(
	file: string,
	text: string,
	texts: ReadonlyMap<string, string>,
	pages: ReadonlyMap<string, Page>,
): Found[] {
	const isMarkdown = file.endsWith('.md');
	const unfenced = isMarkdown ? text.replace(/^( *)(```|~~~)[^]*?^ *\2/gm, blank) : text;
	const prose = isMarkdown ? unwrapMarkdown(unfenced) : unwrapComments(text);
	const found = badSections(isMarkdown ? prose.replace(/\]\([^)]*\)/g, spaces) : prose, pages);
	if (isMarkdown) found.push(...badLinks(file, unfenced, texts, pages));
	for (const { pattern, problem } of isMarkdown ? leftovers : [...leftovers, bareSection]) {
		for (const match of prose.matchAll(pattern)) found.push({ at: match.index, citation: match[0], problem });
	}
	found.push(...barePages(isMarkdown ? prose.replace(link, blank) : prose, texts));
	return found.toSorted((one, other) => one.at - other.at);
}

function badSections(prose: string, pages: ReadonlyMap<string, Page>): Found[] {
	const found: Found[] = [];
	for (const match of prose.matchAll(citedPage)) {
		const [path] = match;
		const page = pages.get(path);
		const end = match.index + path.length;
		const numbers = matchAt(citedSections, prose, end);
		const quoted = matchAt(citedHeadings, prose, end);
		const problems =
			page === undefined
				? ['there is no such file']
				: numbers !== undefined
					? problemsOfSections(numbers[1] ?? '', page, prose, end + numbers[0].length)
					: problemsOfHeadings(quoted?.[1] ?? '', page);
		const citation = `${path}${numbers?.[0] ?? quoted?.[0] ?? ''}`.replace(/\s+/g, ' ');
		found.push(...problems.map((problem) => ({ at: match.index, citation, problem })));
	}
	return found;
}

function problemsOfSections(list: string, page: Page, prose: string, end: number): string[] {
	const parts = [...list.matchAll(new RegExp(section, 'g'))];
	const numbers = parts.map(([number]) => number);
	const problems = numbers
		.filter((number) => !page.sections.has(number))
		.map((number) => `the page has no section ${number}`);
	const isOrdered = numbers.every((number, index) => index === 0 || isBefore(numbers[index - 1] ?? '', number));
	if (!isOrdered) problems.push('sections are not in order: is the last number one of an item?');
	if (matchAt(itemNumber, prose, end) !== undefined) problems.push('the number of an item is not a section');
	return problems;
}

function problemsOfHeadings(list: string, page: Page): string[] {
	return [...list.matchAll(/(['"])(.+?)\1(?!\w)/g)]
		.map(([, , heading = '']) => heading.replace(/\s+/g, ' '))
		.filter((heading) => !page.headings.has(heading))
		.map((heading) => `the page has no heading '${heading}'`);
}

function badLinks(
	file: string,
	text: string,
	texts: ReadonlyMap<string, string>,
	pages: ReadonlyMap<string, Page>,
): Found[] {
	const found: Found[] = [];
	for (const match of text.replace(/`[^`\n]*`/g, blankOutsideLinks).matchAll(link)) {
		const target = match[1] ?? match[2] ?? match[3] ?? '';
		if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) continue;
		const [path = '', anchor = ''] = target.split('#');
		const resolved = path === '' ? file : resolvePath(file, decodeURIComponent(path));
		const problem = exists(texts, resolved) ? undefined : 'there is no such file';
		if (problem !== undefined) found.push({ at: match.index, citation: target, problem });
		else if (anchor !== '' && pages.get(resolved)?.anchors.has(decodeURIComponent(anchor)) !== true) {
			found.push({ at: match.index, citation: target, problem: `the page has no anchor #${anchor}` });
		}
	}
	return found;
}

function barePages(prose: string, texts: ReadonlyMap<string, string>): Found[] {
	const problem = 'cite a page with its folder, from the root of the project';
	const inDocs = new Set([...texts.keys()].filter((path) => path.startsWith('docs/')).map(nameOf));
	return [...prose.matchAll(barePage)]
		.filter(([, name = '', place]) => {
			const lower = name.toLowerCase();
			return referencePages.includes(lower) || (place !== undefined && inDocs.has(`${lower}.md`));
		})
		.map((match) => ({ at: match.index, citation: match[0].replace(/\s+/g, ' '), problem }));
}

function pageOf(text: string): Page {
	const unfenced = text.replace(/^( *)(```|~~~)[^]*?^ *\2/gm, blank);
	const headings = [...unfenced.matchAll(/^#{1,6}[ \t]+(.+?)[ \t]*#*$/gm)].map(([, heading = '']) => plain(heading));
	const anchors = new Set<string>();
	for (const heading of headings) {
		const slug = slugOf(heading);
		let anchor = slug;
		for (let copy = 1; anchors.has(anchor); copy += 1) anchor = `${slug}-${copy}`;
		anchors.add(anchor);
	}
	for (const [, id = ''] of unfenced.matchAll(/<a\s[^>]*?(?:id|name)="([^"]+)"/g)) anchors.add(id);
	const sections = headings.flatMap((heading) => new RegExp(`^(${section})\\.?(?:\\s|$)`).exec(heading)?.[1] ?? []);
	return { sections: new Set(sections), headings: new Set(headings), anchors };
}

/** The text of a heading as a reader sees it. */
function plain(heading: string): string {
	return heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
}

/** GitHub's rule for the anchors of headings. */
export function slugOf(heading: string): string {
	return heading
		.toLowerCase()
		.replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
		.replaceAll(' ', '-');
}

/** Joins the lines of a comment, so that a citation can go over a line's end. Keeps the length, and so the places. */
function unwrapComments(text: string): string {
	return text.replace(/[ \t\r]*\n[ \t]*(?:\*(?!\/)|\/\/|--|#)[ \t]*/g, spaces);
}

/** Joins the lines of a paragraph. */
function unwrapMarkdown(text: string): string {
	return text.replace(/[ \t\r]*\n[ \t]*(?:>[ \t]*)?(?![ \t\r\n#*+|>-]|\d+\.[ \t])/g, spaces);
}

function spaces(part: string): string {
	return ' '.repeat(part.length);
}

/** Keeps line ends. */
function blank(part: string): string {
	return part.replace(/[^\n]/g, ' ');
}

/** What stands in code is no link, but the text of a link can be code. */
function blankOutsideLinks(code: string): string {
	return code.includes('](') ? spaces(code) : code;
}

function matchAt(pattern: RegExp, text: string, index: number): RegExpExecArray | undefined {
	pattern.lastIndex = index;
	return pattern.exec(text) ?? undefined;
}

function isBefore(one: string, other: string): boolean {
	const [ones, others] = [one.split('.').map(Number), other.split('.').map(Number)];
	for (const [index, number] of ones.entries()) {
		const against = others[index] ?? -1;
		if (number !== against) return number < against;
	}
	return ones.length < others.length;
}

function exists(texts: ReadonlyMap<string, string>, path: string): boolean {
	if (texts.has(path) || path === '') return true;
	const folder = path.endsWith('/') ? path : `${path}/`;
	return [...texts.keys()].some((known) => known.startsWith(folder));
}

function resolvePath(from: string, path: string): string {
	if (path.startsWith('/')) return path.slice(1);
	const parts = from.split('/').slice(0, -1);
	for (const part of path.split('/')) {
		if (part === '..') parts.pop();
		else if (part !== '.') parts.push(part);
	}
	return parts.join('/');
}

function nameOf(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}

function lineOf(text: string, index: number): number {
	return text.slice(0, index).split('\n').length;
}
