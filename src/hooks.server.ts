// Calls that pages make to their own API while they render go in-process, with the visitor's cookie and address.
import type { HandleFetch } from '@sveltejs/kit';

const IN_PROCESS = ['/trpc/', '/render/'];

export const handleFetch: HandleFetch = ({ event, request, fetch }) => {
	const { origin, pathname } = new URL(request.url);
	const app = event.platform?.env.APP;
	if (!app || origin !== event.url.origin || !IN_PROCESS.some((prefix) => pathname.startsWith(prefix))) return fetch(request);
	const inner = new Request(request);
	for (const name of ['cookie', 'cf-connecting-ip']) {
		const value = event.request.headers.get(name);
		if (value !== null) inner.headers.set(name, value);
	}
	return app.fetch(inner);
};
