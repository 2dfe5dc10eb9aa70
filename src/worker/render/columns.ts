// Columns that a card's code may touch, found in its text: enough to read less, never to decide a result. Pure.
// The executor answers `needs_all_columns` whenever a run asks for more, so a name missed here costs time, not truth.

const WORDS = /[\p{L}\p{N}\p{M}_]+/gu;

/**
 * The columns whose names occur in the code: as a word, or anywhere in it when the name is not a plain identifier.
 * Everything the executor's own reading of the syntax tree would find is among them.
 */
export function mentionedColumns(code: string, columns: readonly string[]): string[] {
	const text = code.normalize('NFC');
	const words = new Set(text.match(WORDS));
	return columns.filter((column) => {
		const name = column.normalize('NFC');
		return words.has(name) || (!isWord(name) && text.includes(name));
	});
}

function isWord(name: string): boolean {
	return name.match(WORDS)?.[0] === name;
}
