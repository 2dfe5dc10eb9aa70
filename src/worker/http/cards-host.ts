// The cards host: documents of script cards at signed addresses, without cookies, and nothing else.
import { scriptCardHeaders } from '$lib/card-frames/policies';
import type { Deps } from '../deps';
import { findBodies } from '../render/bodies';
import { readCardPath } from '../render/card-url';

type CardsHostDeps = Pick<Deps, 'settings' | 'shared' | 'renders' | 'now' | 'log'>;

/** Answers any request to the cards host. A failure of ours is answered here too: what the platform would say is no document of ours. */
export async function answerCardsHost(deps: CardsHostDeps, request: Request): Promise<Response> {
	try {
		return await answer(deps, request);
	} catch (error) {
		deps.log.error({ event: 'cards-host', error });
		return plain(500, 'Something went wrong on our side. Load the page again.');
	}
}

async function answer(deps: CardsHostDeps, request: Request): Promise<Response> {
	const { CARDS_SECRET, APP_ORIGIN } = deps.settings;
	const address = isRead(request) ? await readCardPath(CARDS_SECRET, new URL(request.url).pathname, deps.now()) : null;
	const envelope =
		address &&
		((await findBodies(deps.shared, [address.key])).get(address.key) ?? (await deps.renders.peek(address.key)));
	if (!address || envelope?.kind !== 'script') return plain(404, 'Not found');
	const headers = scriptCardHeaders({ appOrigin: APP_ORIGIN, maxAge: address.secondsLeft });
	return new Response(request.method === 'HEAD' ? null : envelope.body, { headers });
}

function isRead({ method }: Request): boolean {
	return method === 'GET' || method === 'HEAD';
}

/** No card: the same for everything that is not there, not signed or over. */
function plain(status: 404 | 500, text: string): Response {
	return new Response(text, {
		status,
		headers: {
			'content-type': 'text/plain; charset=utf-8',
			'cache-control': 'no-store',
			'content-security-policy': "default-src 'none'; sandbox",
			'x-content-type-options': 'nosniff',
			'referrer-policy': 'no-referrer',
		},
	});
}
