import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test, vi } from 'vitest';
import { createSessionTokens } from '../../../../../src/worker/infra/tokens/session-token';

const SECRET = 'a-well-kept-0123456789-abcdefghij';
const tokens = createSessionTokens(SECRET);
const claims = { userId: 'user_0000000000000000', sessionId: 'sess_0000000000000000' };
const now = () => Date.now() / 1000;

/** A token like ours but for what is given. */
function forge({
	secret = SECRET,
	alg = 'HS256',
	typ = 'cardinal-session+jwt',
	aud = 'session',
	exp = now() + 60,
	sid = claims.sessionId as unknown,
} = {}) {
	return new SignJWT({ sid })
		.setProtectedHeader({ alg, typ })
		.setSubject(claims.userId)
		.setAudience(aud)
		.setExpirationTime(Math.floor(exp))
		.sign(new TextEncoder().encode(secret));
}

describe('a session token', () => {
	test('names user and session to whoever has the secret', async () => {
		expect(await tokens.read(await tokens.issue(claims, now() + 60))).toEqual(claims);
		expect(await tokens.read(await forge())).toEqual(claims);
	});

	test.each<[string, () => Promise<string> | string]>([
		['signed with another secret', () => forge({ secret: 'another-0123456789-abcdefghijklmn' })],
		['of another algorithm', () => forge({ alg: 'HS512' })],
		['for another audience', () => forge({ aud: 'executor' })],
		['of another type', () => forge({ typ: 'JWT' })],
		['over for more than a minute', () => forge({ exp: now() - 65 })],
		['without a session', () => forge({ sid: 7 })],
		[
			'without a signature',
			() =>
				new UnsecuredJWT({ sid: claims.sessionId })
					.setSubject(claims.userId)
					.setAudience('session')
					.setExpirationTime('1h')
					.encode(),
		],
		['cut', async () => (await forge()).slice(0, -3)],
		['empty', () => ''],
	])('that is %s is nobody’s', async (_what, make) => {
		expect(await tokens.read(await make())).toBeNull();
	});

	test('that was read before ends when it says', async () => {
		vi.useFakeTimers();
		try {
			const token = await tokens.issue(claims, now() + 60);
			expect(await tokens.read(token)).toEqual(claims);
			vi.setSystemTime(Date.now() + 125_000);
			expect(await tokens.read(token)).toBeNull();
		} finally {
			vi.useRealTimers();
		}
	});

	test('is forgiven a minute of difference between clocks', async () => {
		expect(await tokens.read(await forge({ exp: now() - 50 }))).toEqual(claims);
	});
});
