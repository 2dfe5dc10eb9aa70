// What a failed call means to people: a sentence in their language, the fields it names, or the page it leads to.
import { error, redirect } from '@sveltejs/kit';
import type { ErrorCode } from '$lib/contracts/errors';
import { m } from '$lib/paraglide/messages';

/** The part of the client's `ApiError` that pages read; told by shape, so that a page need not carry the client. */
interface Failure {
	code: ErrorCode;
	message: string;
	details?: Record<string, unknown>;
	requestId?: string;
}

function isFailure(caught: unknown): caught is Failure {
	return caught instanceof Error && typeof (caught as Partial<Failure>).code === 'string';
}

/** The code of a refusal; null when it is none of the API's. */
export function codeOf(caught: unknown): ErrorCode | null {
	return isFailure(caught) ? caught.code : null;
}

/** One sentence about a failed call. The API's own sentence, but for those that mean the same everywhere. */
export function sentenceOf(caught: unknown): string {
	if (!isFailure(caught)) return m.common_unreachable();
	if (caught.code === 'FORBIDDEN') return m.common_forbidden();
	if (caught.code === 'NOT_FOUND') return m.common_not_found();
	return caught.message;
}

/** What the failure says for machines, such as `retryAfter` in seconds. */
export function detailsOf(caught: unknown): Record<string, unknown> {
	return (isFailure(caught) && caught.details) || {};
}

/** Reasons by field, as a bad input names them; empty for any other failure. */
export function fieldsOf(caught: unknown): Record<string, string> {
	return (detailsOf(caught).fields as Record<string, string> | undefined) ?? {};
}

/**
 * For loads: turns a refusal into where it leads. Not logged in: the log-in page, and back here afterwards; not there, not
 * allowed and the rest: the error page.
 */
export function leadAway(caught: unknown, url: URL): never {
	if (!isFailure(caught)) throw caught;
	if (caught.code === 'UNAUTHENTICATED') redirect(303, loginPath(url));
	const status = { NOT_FOUND: 404, FORBIDDEN: 403 }[caught.code as string] ?? 500;
	error(status, { message: caught.message, requestId: caught.requestId ?? null });
}

/** The log-in page, with the way back. */
export function loginPath(url: URL): string {
	const back = url.pathname + url.search;
	return back === '/' ? '/login' : `/login?next=${encodeURIComponent(back)}`;
}

/** Where to go after logging in: a path of this origin, whatever the address says. */
export function backPath(next: string | null, origin: string): string {
	if (!next?.startsWith('/')) return '/';
	const target = URL.canParse(next, origin) ? new URL(next, origin) : null;
	// `/.//elsewhere` is a path of this origin that reads as another host once it stands alone.
	const stays = target?.origin === origin && !target.pathname.startsWith('//');
	return stays ? target.pathname + target.search + target.hash : '/';
}
