// The likely fix of a mistyped column: the nearest name among those the data has. Pure.

export interface Fix {
	/** From 1. */
	line: number;
	wrong: string;
	right: string;
}

/** Letters that may differ, as a share of the name. */
const TOLERANCE = 0.4;

/**
 * A fix for a failure that quotes a name which is no column but nearly one, and stands on the failing line of `code`.
 * Null when nothing comes near enough.
 */
export function suggest(
	failure: { message: string; line: number | null },
	code: string,
	columns: string[],
): Fix | null {
	const { line, message } = failure;
	const text = line === null ? undefined : code.split('\n')[line - 1];
	if (line === null || text === undefined) return null;
	for (const [, wrong = ''] of message.matchAll(/['"‘“]([^'"‘’“”]+)['"’”]/g)) {
		if (columns.includes(wrong) || !text.includes(wrong)) continue;
		const right = nearest(wrong, columns);
		if (right !== null) return { line, wrong, right };
	}
	return null;
}

/** The code with the fix made, once, on its line. */
export function applyFix(code: string, { line, wrong, right }: Fix): string {
	const lines = code.split('\n');
	lines[line - 1] = lines[line - 1]?.replace(wrong, () => right) ?? '';
	return lines.join('\n');
}

function nearest(name: string, candidates: string[]): string | null {
	const limit = Math.max(1, Math.floor(name.length * TOLERANCE));
	let best: { candidate: string; distance: number } | null = null;
	for (const candidate of candidates) {
		const apart = distance(name.toLowerCase(), candidate.toLowerCase());
		if (apart <= limit && (best === null || apart < best.distance)) best = { candidate, distance: apart };
	}
	return best?.candidate ?? null;
}

/** Edits between two words: insert, delete, replace (Levenshtein). */
function distance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
		}
		row = next;
	}
	return row[b.length] ?? 0;
}
