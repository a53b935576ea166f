/** The entries of a text field that takes a list, separated by commas, semicolons or white space. */
export function splitList(text: string): string[] {
	return text.split(/[\s,;]+/).filter((entry) => entry !== '');
}
