// Which limits a log-in asks for. That they hold over every location is the Durable Object's, and tested with it.
import { expect, test } from 'vitest';
import { login } from '../../../../../src/worker/entities/session/service';

type LoginDeps = Parameters<typeof login>[0];

/** Refuses what the second limit counts, and remembers what was asked. */
function refusing() {
	const begun: { name: string; most: number }[] = [];
	const ended: string[] = [];
	const limiter = {
		begin: async ({ most }: { most: number }, name: string) => (begun.push({ name, most }) % 2 === 0 ? 30 : null),
		end: async (name: string, outcome: string) => void ended.push(`${name} ${outcome}`),
	};
	const settings = { LOGIN_FAILURES_PER_ACCOUNT: 5, LOGIN_FAILURES_PER_ADDRESS: 50 };
	return { deps: { limiter, settings } as unknown as LoginDeps, begun, ended };
}

test('an address that failed with many accounts is refused before any account is read, and that counts for none of them', async () => {
	const { deps, begun, ended } = refusing();
	const client = { address: '192.0.2.1', userAgent: null };
	for (const email of ['ada@example.com', 'eve@example.com']) {
		await expect(login(deps, { email, password: 'x' }, client)).rejects.toMatchObject({
			code: 'RATE_LIMITED',
			retryAfter: 30,
		});
	}
	const [ada, address, eve, again] = begun;
	expect(begun.map(({ most }) => most)).toEqual([5, 50, 5, 50]);
	expect(again).toEqual(address);
	expect(new Set([ada!.name, eve!.name, address!.name]).size).toBe(3);
	expect(ended).toEqual([`${ada!.name} succeeded`, `${eve!.name} succeeded`]);
});
