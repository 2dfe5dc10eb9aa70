// What no input may hold, whichever way it came: text that is no Unicode, and endless nesting. Knows no contract.
import { AppError, invalid } from './errors';

/** How deep values may nest: more than any contract has, and few enough to walk. */
const MAX_DEPTH = 64;

/**
 * Half a surrogate pair is valid JSON but no text that a store could keep; endless nesting is no value of ours.
 * @throws AppError `VALIDATION_ERROR` naming the text's place · `BAD_REQUEST`
 */
export function refuseStrange(value: unknown): void {
	// A value of the typed API may stand in many places at once, or inside itself: it is looked at again only further down.
	const deepest = new Map<object, number>();
	const path: string[] = [];

	function look(at: unknown): void {
		if (typeof at === 'string' && !at.isWellFormed())
			throw invalid({ [path.join('.') || 'input']: 'is not valid Unicode' });
		if (typeof at !== 'object' || at === null) return;
		if (path.length >= MAX_DEPTH) throw new AppError('BAD_REQUEST', { userMessage: 'The body nests too deeply.' });
		if ((deepest.get(at) ?? -1) >= path.length) return;
		deepest.set(at, path.length);
		for (const [key, item] of Object.entries(at)) {
			if (!key.isWellFormed()) throw invalid({ [path.join('.') || 'body']: 'has a name that is not valid Unicode' });
			path.push(key);
			look(item);
			path.pop();
		}
	}

	look(value);
}
