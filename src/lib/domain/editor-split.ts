// How an editor divides its width between code and result, as the cookie `split` says it: the server draws the page so, and
// nothing moves.

/** The share of the code, in percent. */
export const SPLIT = { least: 35, most: 75, usual: 60 };

const YEAR_SECONDS = 31_536_000;

/** A share that leaves room for both. */
export function inBounds(share: number): number {
	return Math.min(SPLIT.most, Math.max(SPLIT.least, Math.round(share)));
}

/** What a `Cookie` header (or `document.cookie`) says; the usual share when it says nothing. */
export function splitOfCookies(cookies: string | null): number {
	const value = cookies?.match(/(?:^|;\s*)split=(\d{1,3})(?:;|$)/)?.[1];
	return value === undefined ? SPLIT.usual : inBounds(Number(value));
}

/** The cookie that keeps a share for a year. */
export function cookieOfSplit(share: number): string {
	return `split=${share};path=/;max-age=${YEAR_SECONDS};samesite=lax`;
}
