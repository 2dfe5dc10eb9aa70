// The answer around a page: what it is about is found out before it is made, cached cards go into its frames, and it leaves with a
// policy, a nonce and what it cost. A dashboard that was just made for the same eyes is not made again. Knows no route but by its class.
import { pageHeaders, type PageClass } from '$lib/card-frames/policies';
import type { RequestScope } from '../../deps';
import { fill, templateOf, type PageTemplate } from './template';
import { openPage } from './open';

/** Headers of a page that are worth keeping with it; all others are made for each answer. */
const KEPT_HEADERS = ['content-type', 'link'];

/** Answers with the page that `make` makes of the request, unless it is at hand. */
export async function answerPage(
	request: Request,
	scope: RequestScope,
	make: () => Promise<Response>,
): Promise<Response> {
	const name = await openPage(request, scope);
	const atHand = name && (scope.deps.templates.get(name) as PageTemplate | undefined);
	if (atHand) return close(request, scope, atHand, { status: 200, headers: new Headers(atHand.headers) });

	const made = await make();
	const { status } = made;
	const headers = new Headers(made.headers);
	if (!headers.get('content-type')?.includes('text/html'))
		return new Response(made.body, { status, headers: finished(headers, request, scope) });
	// Both were made before the frames were filled.
	headers.delete('etag');
	headers.delete('content-length');
	const kept = KEPT_HEADERS.flatMap((header): [string, string][] => {
		const value = headers.get(header);
		return value === null ? [] : [[header, value]];
	});
	const template = await templateOf(made, kept);
	if (name && status === 200 && !headers.has('set-cookie')) scope.deps.templates.keep(name, template, template.bytes);
	return close(request, scope, template, { status, headers });
}

/** A page with this answer's nonce and what belongs into its frames. */
function close(
	request: Request,
	scope: RequestScope,
	template: PageTemplate,
	init: { status: number; headers: Headers },
) {
	const { origin, pathname } = new URL(request.url);
	const { CARDS_ORIGIN: cardsOrigin } = scope.deps.settings;
	const nonce = newNonce();
	const policy = pageHeaders({ nonce, class: classOf(pathname), cardsOrigin, storageOrigin: null });
	for (const [header, value] of Object.entries(policy)) init.headers.set(header, value);
	const page = fill(template, { nonce, origin, contents: scope.deps.page });
	return new Response(page, { status: init.status, headers: finished(init.headers, request, scope) });
}

function finished(headers: Headers, request: Request, { requestId, cost }: RequestScope): Headers {
	headers.set('x-request-id', requestId);
	headers.set('x-content-type-options', 'nosniff');
	if (request.url.startsWith('https:')) headers.set('strict-transport-security', 'max-age=31536000');
	if (!headers.has('cache-control')) headers.set('cache-control', 'private, no-store');
	headers.set('server-timing', cost.toServerTiming());
	return headers;
}

function classOf(path: string): PageClass {
	if (/^\/cards\/[^/]+/.test(path)) return 'editor';
	return path === '/datasets/new' ? 'upload' : 'dashboard';
}

function newNonce(): string {
	return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}
