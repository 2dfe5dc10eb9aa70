// Around every page: its language and theme, and an end to endless forms. And calls that pages make to their own API while they
// render go in-process, with the visitor's session or key, address and user agent.
import type { Handle, HandleFetch } from '@sveltejs/kit';
import { themeOfCookies } from '$lib/domain/theme';
import { paraglideMiddleware } from '$lib/paraglide/server';

/** Bytes of a form: the longest one is a log-in, which anybody may send. */
const MAX_FORM_BYTES = 16 * 1024;

/** A form whose length is not told may be of any. Browsers tell it. */
const isTooLong = ({ body, headers }: Request) =>
	body !== null && Number(headers.get('content-length') ?? Infinity) > MAX_FORM_BYTES;

export const handle: Handle = ({ event, resolve }) => {
	if (isTooLong(event.request)) return new Response('Too large', { status: 413 });
	return paraglideMiddleware(event.request, ({ request, locale }) => {
		event.request = request;
		const theme = themeOfCookies(request.headers.get('cookie'));
		const transformPageChunk = ({ html }: { html: string }) => html.replace('%lang%', locale).replace('%theme%', theme);
		return resolve(event, { transformPageChunk });
	});
};

const IN_PROCESS = ['/trpc/', '/render/'];

export const handleFetch: HandleFetch = ({ event, request, fetch }) => {
	const { origin, pathname } = new URL(request.url);
	const app = event.platform?.env.APP;
	if (!app || origin !== event.url.origin || !IN_PROCESS.some((prefix) => pathname.startsWith(prefix)))
		return fetch(request);
	const inner = new Request(request);
	for (const name of ['cookie', 'authorization', 'cf-connecting-ip', 'user-agent']) {
		const value = event.request.headers.get(name);
		if (value !== null) inner.headers.set(name, value);
	}
	return app.fetch(inner);
};
