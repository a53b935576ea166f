/** Matches random texts such as ids and keyed indexes. No other word in a store is as long. */
const name = /[\w-]{16,}/g;

/** A text, split at its ids: other text as a string, an id as its number. */
export type Template = Array<string | number>;

/** The random ids of one verification and of everything that belongs to it. */
export class RandomIds {
	/** @param keys the keys of its rows or documents */
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
