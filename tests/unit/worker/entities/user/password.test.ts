import { describe, expect, test } from 'vitest';
import { firstAdmin } from '../../../../../src/worker/entities/user/first-admin';
import { hashPassword, verifyPassword } from '../../../../../src/worker/entities/user/password';
import { emailKey } from '../../../../../src/worker/entities/user/rules';

describe('a password', { timeout: 30_000 }, () => {
	test('is verified by its hash, whose parameters and salt are its own', async () => {
		const [one, other] = await Promise.all([hashPassword('Correct-horse-9'), hashPassword('Correct-horse-9')]);
		expect(one).toMatch(/^scrypt\$15\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
		expect(one).not.toBe(other);
		expect(await verifyPassword('Correct-horse-9', one)).toBe(true);
		expect(await verifyPassword('Correct-horse-8', one)).toBe(false);
	});

	test('is the same whichever way its characters were composed', async () => {
		expect(await verifyPassword('Cafe\u0301-horse-9', await hashPassword('Caf\u00e9-horse-9'))).toBe(true);
	});

	test('of nobody takes as much work and is wrong', async () => {
		const hash = await hashPassword('Correct-horse-9');
		const work = async (stored: string | null) => {
			const before = process.cpuUsage();
			expect(await verifyPassword('wrong', stored)).toBe(false);
			return process.cpuUsage(before).user;
		};
		const [known, unknown] = [await work(hash), await work(null)];
		expect(unknown / known).toBeGreaterThan(0.6);
		expect(unknown / known).toBeLessThan(1.7);
	});
});

test('an e-mail address is the same in any case and composition', () => {
	expect(emailKey(' Jose\u0301@Example.COM ')).toBe(emailKey('JOS\u00c9@example.com'));
});

test('the first admin is an account like any other, with the role of an admin', async () => {
	const { user, guard } = await firstAdmin({ email: 'Boss@Example.com', password: 'Correct-horse-9', now: 1000 });
	expect(user).toMatchObject({
		email: 'Boss@Example.com',
		emailKey: 'boss@example.com',
		role: 'admin',
		kind: 'user',
		createdAt: 1000,
	});
	expect(guard).toEqual({ key: 'email#boss@example.com', userId: user.userId });
});
