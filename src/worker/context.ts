// One request's context: who it claims to come from, what it may use, and what it answers beside the body.
import type { Claims } from './access/access';
import type { Deps, RequestScope } from './deps';
import { readKeyText } from './entities/api-key/rules';
import { readSessionCookie } from './http/session-cookie';

export interface Context {
	/** What a valid token names, or an API key shows; whether that session or key is open is for the access check. */
	claims: Claims | null;
	deps: Deps;
	requestId: string;
	client: {
		/** Of the network, as Cloudflare saw it. */
		address: string;
		/** What it says it is, or null. */
		userAgent: string | null;
		/** True when the browser came over https, so that cookies may insist on it. */
		secure: boolean;
	};
	/** Headers that procedures add to the answer, such as cookies. */
	responseHeaders: Headers;
}

/** Reads the request's token: a bearer token, which may be an API key, before the cookie. */
export async function createContext(request: Request, scope: RequestScope, responseHeaders: Headers): Promise<Context> {
	const bearer = bearerToken(request);
	const token = bearer ?? readSessionCookie(request);
	return {
		claims: token ? await claimsOf(token, scope, { mayBeKey: bearer !== null }) : null,
		deps: scope.deps,
		requestId: scope.requestId,
		client: {
			address: scope.client.address ?? 'unknown',
			userAgent: scope.client.userAgent,
			secure: new URL(request.url).protocol === 'https:',
		},
		responseHeaders,
	};
}

const known = new WeakMap<RequestScope, { token: string; claims: Promise<Claims | null> }>();

/** What a token names: checked once for all calls of one page. */
function claimsOf(token: string, scope: RequestScope, { mayBeKey }: { mayBeKey: boolean }): Promise<Claims | null> {
	const before = known.get(scope);
	if (before?.token === token) return before.claims;
	const key = mayBeKey ? readKeyText(token) : Promise.resolve(null);
	const claims = key.then<Claims | null>((found) => found ?? scope.deps.tokens.read(token));
	known.set(scope, { token, claims });
	return claims;
}

/** The token of `Authorization: Bearer …`, or null. */
export function bearerToken(request: Request): string | null {
	return /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? null;
}
