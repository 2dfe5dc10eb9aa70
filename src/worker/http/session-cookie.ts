// The session cookie. Its value is the same token that programs send as a bearer token.
import { SESSION_COOKIE } from '$lib/domain/session-cookie';

/** The token in the request's cookie, or null. */
export function readSessionCookie(request: Request): string | null {
	for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
		const [name, value] = pair.trim().split('=', 2);
		if (name === SESSION_COOKIE && value) return value;
	}
	return null;
}

/** `Set-Cookie` that keeps a token for so many seconds. */
export function sessionCookie(token: string, seconds: number, secure: boolean): string {
	return `${SESSION_COOKIE}=${token}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}

/** `Set-Cookie` that ends it. */
export function endedCookie(secure: boolean): string {
	return sessionCookie('', 0, secure);
}
