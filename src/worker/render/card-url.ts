// Addresses of script cards on the cards host: signed, for one session, and over within two hours. They give access to one
// content and to nothing else; the session is in them only as a hash.
import type { Actor } from '../access/access';
import type { Deps } from '../deps';

const HOUR_SECONDS = 3600;

export interface CardAddress {
	key: string;
	/** Seconds that the address still holds. */
	secondsLeft: number;
}

/** Where a frame of this actor finds the document of a script card. */
export async function cardUrl(deps: Pick<Deps, 'settings' | 'now'>, actor: Actor, key: string): Promise<string> {
	const { CARDS_ORIGIN, CARDS_SECRET } = deps.settings;
	return CARDS_ORIGIN + (await signCardPath(CARDS_SECRET, { key, sessionId: actor.sessionId, now: deps.now() }));
}

/** The path of a script card's document. Stable within an hour, so that browsers cache it. @param now UNIX seconds */
export async function signCardPath(
	secret: string,
	{ key, sessionId, now }: { key: string; sessionId: string; now: number },
): Promise<string> {
	const hour = Math.floor(now / HOUR_SECONDS);
	const who = (await mac(secret, `session ${sessionId}`)).slice(0, 16);
	return `/${key}/${hour}/${who}/${await mac(secret, `card ${key} ${hour} ${who}`)}`;
}

/** What a path gives access to, or null. Valid in the hour it was signed in and the next. */
export async function readCardPath(secret: string, path: string, now: number): Promise<CardAddress | null> {
	const match = /^\/([0-9a-f]{64})\/(\d{1,10})\/([\w-]{16})\/([\w-]{43})$/.exec(path);
	if (!match) return null;
	const [, key, hour, who, signature] = match as unknown as [string, string, string, string, string];
	if (!sameText(signature, await mac(secret, `card ${key} ${hour} ${who}`))) return null;
	const secondsLeft = (Number(hour) + 2) * HOUR_SECONDS - Math.floor(now);
	const isFromFuture = Number(hour) > Math.floor(now / HOUR_SECONDS);
	return secondsLeft > 0 && !isFromFuture ? { key, secondsLeft } : null;
}

/** HMAC-SHA-256 in base64url, 43 characters. */
async function mac(secret: string, text: string): Promise<string> {
	const encoder = new TextEncoder();
	const key = await crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
		'sign',
	]);
	const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)));
	return btoa(String.fromCharCode(...bytes))
		.replace(/\+/g, '-')
		.replace(/\//g, '_')
		.replace(/=+$/, '');
}

/** Compares without telling by its time how far two texts agree. */
function sameText(a: string, b: string): boolean {
	let difference = a.length ^ b.length;
	for (let i = 0; i < Math.min(a.length, b.length); i += 1) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
	return difference === 0;
}
