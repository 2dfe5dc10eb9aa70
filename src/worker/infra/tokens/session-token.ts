// Session tokens: the value of the cookie and of `Authorization: Bearer`. They name user, session and expiry, and no rights.
import { jwtVerify, SignJWT } from 'jose';

export interface SessionClaims {
	userId: string;
	sessionId: string;
}

export interface SessionTokens {
	/** @param expiresAt UNIX seconds */
	issue(claims: SessionClaims, expiresAt: number): Promise<string>;
	/** What a token names, or null when it is not one of ours, was changed, or is over. */
	read(token: string): Promise<SessionClaims | null>;
}

const ALGORITHM = 'HS256';
const AUDIENCE = 'session';
const TYPE = 'cardinal-session+jwt';
/** Seconds that clocks may differ. */
const TOLERANCE = 60;
/** Tokens remembered in an isolate. */
const MAX_CHECKED = 2_000;

export function createSessionTokens(secret: string): SessionTokens {
	let imported: Promise<CryptoKey> | undefined;
	/** Once an isolate; made at the first use, because nothing may be made before a request. */
	const key = () => (imported ??= importKey(secret));
	/** Tokens whose signature was checked: a signature does not change, so only the time is looked at again. */
	const checked = new Map<string, { claims: SessionClaims; expiresAt: number }>();

	async function check(token: string): Promise<{ claims: SessionClaims; expiresAt: number } | null> {
		try {
			const { payload } = await jwtVerify<{ sid?: unknown }>(token, await key(), {
				algorithms: [ALGORITHM],
				audience: AUDIENCE,
				typ: TYPE,
				clockTolerance: TOLERANCE,
				requiredClaims: ['sub', 'sid', 'exp'],
			});
			const { sub: userId, sid: sessionId, exp } = payload;
			return typeof sessionId === 'string' && userId && exp ? { claims: { userId, sessionId }, expiresAt: exp } : null;
		} catch {
			// Whatever is wrong with it, its bearer is nobody; saying what would only help a forger.
			return null;
		}
	}

	return {
		issue: async ({ userId, sessionId }, expiresAt) =>
			new SignJWT({ sid: sessionId })
				.setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
				.setSubject(userId)
				.setAudience(AUDIENCE)
				.setIssuedAt()
				.setExpirationTime(Math.floor(expiresAt))
				.sign(await key()),
		async read(token) {
			const before = checked.get(token);
			if (before && Date.now() / 1000 < before.expiresAt) return before.claims;
			const found = await check(token);
			if (!found) return null;
			if (checked.size >= MAX_CHECKED) checked.clear();
			checked.set(token, found);
			return found.claims;
		},
	};
}

function importKey(secret: string): Promise<CryptoKey> {
	const bytes = new TextEncoder().encode(secret);
	return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}
