// The answer around a page: who is asking is found out before the page asks, cached cards go into its frames, and every page
// leaves with a policy, a nonce and what it cost. Knows the DOM contract of card frames, and no route but by its class.
import { errorShell, figureShell, staticShell } from '$lib/card-frames/shells';
import { pageHeaders, type PageClass } from '$lib/card-frames/policies';
import { createContext } from '../context';
import type { RequestScope } from '../deps';
import { asAppError } from '../errors';
import { isId } from '../ids';
import type { Envelope } from '../render/outcome';
import type { PageFrames } from '../render/page-frames';

/** To be called before a page is made: a dashboard's page then costs one batch, whatever it asks first. */
export async function openPage(request: Request, scope: RequestScope): Promise<void> {
	const url = new URL(request.url);
	scope.deps.page.wait = url.searchParams.get('render') === 'wait';
	const dashboardId = /^\/dashboards\/([^/]+)(?:\/__data\.json)?$/.exec(url.pathname)?.[1];
	// A form's action writes, and what writes is decided by the store alone.
	if (request.method !== 'GET' || !isId('dash', dashboardId)) return;
	const { claims } = await createContext(request, scope, new Headers());
	try {
		await scope.deps.access.identify(claims, { fresh: false, about: { action: 'dashboard.view', id: dashboardId } });
	} catch (error) {
		// The page asks again and says so in its own way; here it would only be said twice.
		scope.deps.log.info({ event: 'page', outcome: 'error', code: asAppError(error).code });
	}
}

/** The page as it leaves: with frames filled, headers and cost. */
export function closePage(request: Request, response: Response, scope: RequestScope): Response {
	const headers = new Headers(response.headers);
	headers.set('x-request-id', scope.requestId);
	headers.set('x-content-type-options', 'nosniff');
	if (new URL(request.url).protocol === 'https:') headers.set('strict-transport-security', 'max-age=31536000');
	if (!headers.has('cache-control')) headers.set('cache-control', 'private, no-store');
	headers.set('server-timing', scope.cost.toServerTiming());
	const isHtml = headers.get('content-type')?.includes('text/html') ?? false;
	if (!isHtml) return new Response(response.body, { status: response.status, headers });

	const nonce = newNonce();
	// It was made before the frames were filled.
	headers.delete('etag');
	headers.delete('content-length');
	const cardsOrigin = scope.deps.settings.CARDS_ORIGIN;
	const policy = pageHeaders({
		nonce,
		class: classOf(new URL(request.url).pathname),
		cardsOrigin,
		storageOrigin: null,
	});
	for (const [name, value] of Object.entries(policy)) headers.set(name, value);
	const { origin } = new URL(request.url);
	const body = fillFrames(response, { nonce, origin, frames: scope.deps.page }).body;
	return new Response(body, { status: response.status, headers });
}

function classOf(path: string): PageClass {
	if (/^\/cards\/[^/]+/.test(path)) return 'editor';
	return path === '/datasets/new' ? 'upload' : 'dashboard';
}

function newNonce(): string {
	return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

interface Filling {
	nonce: string;
	/** Of the app: figure frames take messages from nobody else. */
	origin: string;
	frames: PageFrames;
}

function fillFrames(page: Response, { nonce, origin, frames }: Filling): Response {
	const figure = figureShell({ nonce, origin });
	return new HTMLRewriter()
		.on('script', { element: (script) => void script.setAttribute('nonce', nonce) })
		.on('iframe[data-card]', {
			element(frame) {
				const cardId = frame.getAttribute('data-card') ?? '';
				const failure = frames.failures.get(cardId);
				if (failure !== undefined)
					set(frame, { sandbox: '', srcdoc: errorShell({ message: failure }), 'data-kind': 'error' });
				const content = frames.bodies.get(cardId);
				if (content?.key !== frame.getAttribute('data-key')) return;
				set(frame, attributesOf(content!, figure));
			},
		})
		.transform(page);
}

function attributesOf(
	{ envelope, url }: { envelope: Envelope; url: string | null },
	figure: string,
): Record<string, string> {
	const { kind, body, libs, renderedAt } = envelope;
	const shared = { 'data-kind': kind, 'data-rendered-at': renderedAt };
	switch (kind) {
		case 'html':
			return { ...shared, sandbox: '', srcdoc: staticShell({ html: body }) };
		case 'figure':
			return { ...shared, sandbox: 'allow-scripts', srcdoc: figure, 'data-libs': libs.join(' '), 'data-figure': body };
		case 'script':
			return {
				...shared,
				sandbox: 'allow-scripts',
				allow: '',
				referrerpolicy: 'no-referrer',
				src: url ?? 'about:blank',
			};
	}
}

/** The rewriter escapes quotes alone: without this, text that a card escaped would be read as HTML. */
function set(frame: Element, attributes: Record<string, string>): void {
	for (const [name, value] of Object.entries(attributes)) frame.setAttribute(name, value.replaceAll('&', '&amp;'));
}
