// The likely fix of a mistyped name: the nearest one among those that the code could mean there. Pure.
import type { Names } from './completions';

export interface Fix {
	/** From 1. */
	line: number;
	wrong: string;
	right: string;
}

/** Letters that may differ, as a share of the name. */
const TOLERANCE = 0.4;

/** `inputs["orders"]` and `inputs.get("orders")`: what is looked in, and for which key. */
const LOOKUP = /\b(\w+)\s*(?:\[|\.get\()\s*(['"])(.*?)\2/g;

/**
 * A fix for a failure that quotes a name which its data lacks but nearly has, and which stands on the failing line of `code`:
 * a dataset, a param or a column, as what it is looked up in says. Null when nothing comes near enough.
 */
export function suggest(
	failure: { message: string; line: number | null },
	code: string,
	names: Pick<Names, 'datasets' | 'params'>,
): Fix | null {
	const { line, message } = failure;
	const text = line === null ? undefined : code.split('\n')[line - 1];
	if (line === null || text === undefined) return null;
	for (const [, wrong = ''] of message.matchAll(/['"‘“]([^'"‘’“”]+)['"’”]/g)) {
		if (!text.includes(wrong)) continue;
		const candidates = namesFor(wrong, text, names);
		if (candidates.includes(wrong)) continue;
		const right = nearest(wrong, candidates);
		if (right !== null) return { line, wrong, right };
	}
	return null;
}

/** The code with the fix made, once, on its line: where the name is quoted, or else where it stands first. */
export function applyFix(code: string, { line, wrong, right }: Fix): string {
	const lines = code.split('\n');
	const text = lines[line - 1] ?? '';
	const quoted = Math.max(...[`'${wrong}'`, `"${wrong}"`].map((literal) => text.indexOf(literal)));
	const at = quoted >= 0 ? quoted + 1 : text.indexOf(wrong);
	if (at >= 0) lines[line - 1] = text.slice(0, at) + right + text.slice(at + wrong.length);
	return lines.join('\n');
}

/** What `wrong` could be meant to be: keys of what the line looks it up in; columns where that is anything else. */
function namesFor(wrong: string, text: string, { datasets, params }: Pick<Names, 'datasets' | 'params'>): string[] {
	const aliases = datasets.map(({ alias }) => alias);
	const keys = new Map(Object.entries({ inputs: aliases, datasets: aliases, params }));
	for (const [, owner = '', , key] of text.matchAll(LOOKUP)) {
		const found = key === wrong && keys.get(owner);
		if (found) return found;
	}
	return [...new Set(datasets.flatMap(({ columns }) => columns.map(({ name }) => name)))];
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
