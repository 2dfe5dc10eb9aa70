// The cards host: documents of script cards at signed addresses, without cookies, and nothing else.
import { scriptCardHeaders } from '$lib/card-frames/policies';
import type { Deps } from '../deps';
import { findBodies } from '../render/bodies';
import { readCardPath } from '../render/card-url';

/** Answers any request to the cards host. */
export async function answerCardsHost(
	deps: Pick<Deps, 'settings' | 'shared' | 'renders' | 'now'>,
	request: Request,
): Promise<Response> {
	const { CARDS_SECRET, APP_ORIGIN } = deps.settings;
	const address = isRead(request) ? await readCardPath(CARDS_SECRET, new URL(request.url).pathname, deps.now()) : null;
	const envelope =
		address &&
		((await findBodies(deps.shared, [address.key])).get(address.key) ?? (await deps.renders.peek(address.key)));
	if (!address || envelope?.kind !== 'script') return refused();
	const headers = scriptCardHeaders({ appOrigin: APP_ORIGIN, maxAge: address.secondsLeft });
	return new Response(request.method === 'HEAD' ? null : envelope.body, { headers });
}

function isRead({ method }: Request): boolean {
	return method === 'GET' || method === 'HEAD';
}

/** The same for everything that is not there, not signed or over. */
function refused(): Response {
	return new Response('Not found', {
		status: 404,
		headers: {
			'content-type': 'text/plain; charset=utf-8',
			'cache-control': 'no-store',
			'content-security-policy': "default-src 'none'; sandbox",
			'x-content-type-options': 'nosniff',
			'referrer-policy': 'no-referrer',
		},
	});
}
