/**
 * Replaces what stands between the markers `<!-- name -->` and `<!-- /name -->` of a page.
 * @param file name of the page, for the error message
 * @throws Error if the page lacks one of the two markers
 */
export function withSection(file: string, page: string, name: string, content: string): string {
	const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
	const [before, rest = ''] = page.split(open);
	const after = rest.split(close)[1];
	if (after === undefined) throw new Error(`${file} lacks the markers of the section '${name}'`);
	return `${before}${open}\n${content}\n${close}${after}`;
}
