/** Ids, keyed indexes and the like: random texts. No word that the stores write is as long. */
const name = /[\w-]{16,}/g;

/** A text cut at the names in it: words as they are, names by their number. */
export type Template = Array<string | number>;

/** The names of one verification and all that belongs to it. */
export class RandomIds {
	/** @param keys what its rows or documents are found by */
	static in(keys: readonly string[]): RandomIds {
		return new RandomIds([...new Set(keys.flatMap((key) => key.match(name) ?? []))]);
	}

	private constructor(private readonly all: readonly string[]) {}

	get lengths(): number[] {
		return this.all.map(({ length }) => length);
	}

	cut(text: string): Template {
		if (this.all.length === 0) return [text];
		const found = new RegExp(`(${this.all.join('|')})`);
		return text.split(found).flatMap((piece) => {
			if (piece === '') return [];
			const at = this.all.indexOf(piece);
			return at < 0 ? piece : at;
		});
	}
}
