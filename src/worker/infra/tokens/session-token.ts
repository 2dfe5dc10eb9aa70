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

export function createSessionTokens(secret: string): SessionTokens {
	let imported: Promise<CryptoKey> | undefined;
	/** Once an isolate; made at the first use, because nothing may be made before a request. */
	const key = () => (imported ??= importKey(secret));
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
			try {
				const { payload } = await jwtVerify<{ sid?: unknown }>(token, await key(), {
					algorithms: [ALGORITHM],
					audience: AUDIENCE,
					typ: TYPE,
					clockTolerance: TOLERANCE,
					requiredClaims: ['sub', 'sid', 'exp'],
				});
				return typeof payload.sid === 'string' && payload.sub ? { userId: payload.sub, sessionId: payload.sid } : null;
			} catch {
				// Whatever is wrong with it, its bearer is nobody; saying what would only help a forger.
				return null;
			}
		},
	};
}

function importKey(secret: string): Promise<CryptoKey> {
	const bytes = new TextEncoder().encode(secret);
	return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}
