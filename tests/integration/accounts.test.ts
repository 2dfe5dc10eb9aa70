// Accounts after they were made: names, roles, who may log in, passwords, and where somebody is logged in.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Client } from '$lib/client';
import { startApiWorker, type ApiWorker } from './api-worker';
import { admin, newPerson, PASSWORD, type Person } from './people';

const services = inject('services');
const OTHER_PASSWORD = 'Battery-staple-7';
const OUT = { code: 'UNAUTHENTICATED' };
let worker: ApiWorker;
let boss: Person;
let client: Client;

beforeAll(async () => {
	worker = await startApiWorker({ services });
	boss = await admin(worker, services);
	client = worker.client(boss.token);
});
afterAll(() => worker.stop());

const logIn = (email: string, password = PASSWORD) => worker.client().auth.login.mutate({ email, password });
const me = (token: string) => worker.client(token).auth.me.query();

describe('an account', () => {
	test('is named by its owner and by admins, and by nobody else', async () => {
		const [ada, eve] = [await newPerson(worker, boss, 'Ada'), await newPerson(worker, boss, 'Eve')];
		const { userId } = ada;
		const renamed = await worker.client(ada.token).users.update.mutate({ userId, name: ' Ada L. ' });
		expect(renamed).toMatchObject({ userId, name: 'Ada L.', role: 'user' });
		expect(await me(ada.token)).toMatchObject({ name: 'Ada L.' });
		await expect(worker.client(eve.token).users.update.mutate({ userId, name: 'x' })).rejects.toMatchObject({
			code: 'FORBIDDEN',
		});
		await expect(client.users.update.mutate({ userId, name: 'Ada' })).resolves.toMatchObject({ name: 'Ada' });
	});

	test('gets its role and its access from admins alone, and another role holds at once', async () => {
		const { userId, token } = await newPerson(worker, boss, 'Ada');
		const self = worker.client(token);
		for (const change of [{ role: 'admin' as const }, { role: 'user' as const }, { disabled: false }]) {
			await expect(self.users.update.mutate({ userId, ...change })).rejects.toMatchObject({ code: 'FORBIDDEN' });
		}
		const wanted = { name: `Made ${Date.now()}` };
		await expect(self.groups.create.mutate(wanted)).rejects.toMatchObject({ code: 'FORBIDDEN' });
		await client.users.update.mutate({ userId, role: 'admin' });
		await self.groups.create.mutate(wanted);
		await client.users.update.mutate({ userId, role: 'user' });
		await expect(self.groups.create.mutate(wanted)).rejects.toMatchObject({ code: 'FORBIDDEN' });
	});

	test('that is disabled is out at once and cannot log in, until it is enabled', async () => {
		const { userId, token, email } = await newPerson(worker, boss, 'Ada');
		await me(token);
		await expect(client.users.update.mutate({ userId, disabled: true })).resolves.toMatchObject({ disabled: true });
		await expect(me(token)).rejects.toMatchObject(OUT);
		await expect(logIn(email)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
		expect((await client.users.list.query({ q: email })).items).toMatchObject([{ userId, disabled: true }]);
		expect(await client.users.update.mutate({ userId, disabled: false })).not.toHaveProperty('disabled');
		await expect(me(token)).rejects.toMatchObject(OUT);
		await me((await logIn(email)).accessToken);
	});

	test('is signed out of every session by an admin at once, and may log in again', async () => {
		const { userId, token, email } = await newPerson(worker, boss, 'Ada');
		const { accessToken } = await logIn(email);
		for (const one of [token, accessToken]) await me(one);
		await expect(worker.client(token).users.signOut.mutate({ userId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
		await client.users.signOut.mutate({ userId });
		for (const one of [token, accessToken]) await expect(me(one)).rejects.toMatchObject(OUT);
		await me((await logIn(email)).accessToken);
	});
});

describe('admins', () => {
	test('who take each other down at the same time leave one of them', async () => {
		const everybody = await client.users.list.query({ limit: 100 });
		const others = everybody.items.filter(({ role, userId }) => role === 'admin' && userId !== boss.userId);
		for (const { userId } of others) await client.users.update.mutate({ userId, role: 'user' });
		await expect(client.users.update.mutate({ userId: boss.userId, role: 'user' })).rejects.toMatchObject({
			code: 'VALIDATION_ERROR',
			details: { fields: { role: 'would leave nobody who is an admin' } },
		});
		await expect(client.users.update.mutate({ userId: boss.userId, disabled: true })).rejects.toMatchObject({
			details: { fields: { disabled: 'would leave nobody who is an admin' } },
		});

		const rivals: Person[] = [boss];
		for (let n = 0; n < 3; n += 1) {
			const rival = await newPerson(worker, boss, 'Rival');
			await client.users.update.mutate({ userId: rival.userId, role: 'admin' });
			rivals.push(rival);
		}
		await Promise.allSettled(
			rivals.map(({ token }, n) => {
				const { userId } = rivals[(n + 1) % rivals.length]!;
				const change = n % 2 ? { role: 'user' as const } : { disabled: true };
				return worker.client(token).users.update.mutate({ userId, ...change });
			}),
		);
		const left = [];
		for (const rival of rivals) if ((await me(rival.token).catch(() => null))?.role === 'admin') left.push(rival);
		expect(left.length).toBeGreaterThan(0);

		const last = worker.client(left[0]!.token);
		await last.users.update.mutate({ userId: boss.userId, role: 'admin', disabled: false });
		for (const { userId } of rivals.slice(1)) await client.users.update.mutate({ userId, role: 'user' });
	});
});

describe('a password', () => {
	test('is replaced by whoever knows it: this session goes on, every other one is over', async () => {
		const { token, email } = await newPerson(worker, boss, 'Ada');
		const { accessToken: other } = await logIn(email);
		await me(other);
		const change = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
		await worker.client(token).auth.password.mutate(change);
		await me(token);
		await expect(me(other)).rejects.toMatchObject(OUT);
		await expect(logIn(email)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
		await me((await logIn(email, OTHER_PASSWORD)).accessToken);
		// And once more, in a session that was kept.
		await worker.client(token).auth.password.mutate({ currentPassword: OTHER_PASSWORD, newPassword: PASSWORD });
		await me(token);
	});

	test('stays when the present one is wrong, which may be guessed five times a minute', async () => {
		const { token, email } = await newPerson(worker, boss, 'Ada');
		const guess = () =>
			worker
				.client(token)
				.auth.password.mutate({ currentPassword: 'Wrong-password-1', newPassword: OTHER_PASSWORD })
				.catch((error: unknown) => (error as { code: string }).code);
		const codes = [];
		for (let n = 0; n < 6; n += 1) codes.push(await guess());
		expect(codes).toEqual([...Array(5).fill('WRONG_PASSWORD'), 'RATE_LIMITED']);
		await logIn(email);
	});

	test('cannot be one that breaks the rules', async () => {
		const { token } = await newPerson(worker, boss, 'Ada');
		const change = { currentPassword: PASSWORD, newPassword: 'weak' };
		await expect(worker.client(token).auth.password.mutate(change)).rejects.toMatchObject({
			code: 'VALIDATION_ERROR',
			details: { fields: { newPassword: expect.any(String) } },
		});
	});
});

describe('a one-time link', () => {
	const parts = (link: string) => {
		const { pathname, search, hash } = new URL(link);
		// What comes after the path is sent to nobody.
		expect([pathname, search]).toEqual(['/reset', '']);
		const named = new URLSearchParams(hash.slice(1));
		return { userId: named.get('user')!, token: named.get('token')! };
	};
	const reset = (link: string, newPassword = OTHER_PASSWORD) =>
		worker.client().auth.reset.mutate({ ...parts(link), newPassword });
	const over = { code: 'INVALID_CREDENTIALS' };

	test('made by an admin sets another password once, and ends every session', async () => {
		const { userId, token, email } = await newPerson(worker, boss, 'Ada');
		await me(token);
		await expect(worker.client(token).users.resetLink.mutate({ userId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
		const { link, expiresAt } = await client.users.resetLink.mutate({ userId });
		expect((Date.parse(expiresAt) - Date.now()) / 3_600_000).toBeCloseTo(24, 1);
		await expect(reset(link, 'weak')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });

		const results = await Promise.allSettled(Array.from({ length: 5 }, () => reset(link)));
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		await expect(me(token)).rejects.toMatchObject(OUT);
		await logIn(email, OTHER_PASSWORD);
		await expect(reset(link)).rejects.toMatchObject(over);
	});

	test('that was replaced, belongs to somebody else, or was made up does not work', async () => {
		const [ada, eve] = [await newPerson(worker, boss, 'Ada'), await newPerson(worker, boss, 'Eve')];
		const { link: first } = await client.users.resetLink.mutate({ userId: ada.userId });
		const { link } = await client.users.resetLink.mutate({ userId: ada.userId });
		const { userId, token } = parts(link);
		const newPassword = OTHER_PASSWORD;
		await expect(reset(first)).rejects.toMatchObject(over);
		for (const attempt of [
			{ userId: eve.userId, token },
			{ userId: 'user_0000000000000000', token },
			{ userId: '../x', token },
			{ userId, token: '' },
			{ userId, token: `${token}x` },
		]) {
			await expect(worker.client().auth.reset.mutate({ ...attempt, newPassword })).rejects.toMatchObject(over);
		}
		await logIn(ada.email);
	});

	test('does not work while its user is disabled', async () => {
		const { userId } = await newPerson(worker, boss, 'Ada');
		const { link } = await client.users.resetLink.mutate({ userId });
		await client.users.update.mutate({ userId, disabled: true });
		await expect(reset(link)).rejects.toMatchObject(over);
	});

	test('ends when its user chooses a password themselves', async () => {
		const { userId, token } = await newPerson(worker, boss, 'Ada');
		const { link } = await client.users.resetLink.mutate({ userId });
		await worker.client(token).auth.password.mutate({ currentPassword: PASSWORD, newPassword: OTHER_PASSWORD });
		await expect(reset(link)).rejects.toMatchObject(over);
	});
});

describe('sessions', () => {
	test('are listed with what opened them and from where, and ended one by one', async () => {
		const { token, email } = await newPerson(worker, boss, 'Ada');
		const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
		const opened = await fetch(`${worker.url}/trpc/auth.login`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'cf-connecting-ip': '192.0.2.7', 'user-agent': firefox },
			body: JSON.stringify(JSON.stringify([{ email: 1, password: 2 }, email, PASSWORD])),
		});
		const cookie = opened.headers.get('set-cookie')!.split(';')[0]!;
		const there = () => fetch(`${worker.url}/trpc/auth.self`, { headers: { cookie } });
		expect((await there()).status).toBe(200);

		const self = worker.client(token);
		const [other, current] = await self.auth.sessions.query();
		expect(other).toMatchObject({
			device: { browser: 'Firefox', system: 'Linux' },
			address: '192.0.2.7',
			current: false,
		});
		expect(current).toMatchObject({ current: true });
		await self.auth.endSession.mutate({ sessionId: other!.sessionId });
		expect((await there()).status).toBe(401);
		await expect(self.auth.endSession.mutate({ sessionId: other!.sessionId })).rejects.toMatchObject({
			code: 'NOT_FOUND',
		});
		expect(await self.auth.sessions.query()).toHaveLength(1);
	});

	test('of somebody else are not there', async () => {
		const [ada, eve] = [await newPerson(worker, boss, 'Ada'), await newPerson(worker, boss, 'Eve')];
		const [session] = await worker.client(ada.token).auth.sessions.query();
		await expect(
			worker.client(eve.token).auth.endSession.mutate({ sessionId: session!.sessionId }),
		).rejects.toMatchObject({ code: 'NOT_FOUND' });
		await me(ada.token);
	});

	test('are ended all at once by their owner, the one that asks among them', async () => {
		const { token, email } = await newPerson(worker, boss, 'Ada');
		const { accessToken } = await logIn(email);
		await worker.client(token).auth.logoutEverywhere.mutate();
		for (const one of [token, accessToken]) await expect(me(one)).rejects.toMatchObject(OUT);
		const again = worker.client((await logIn(email)).accessToken);
		expect(await again.auth.sessions.query()).toHaveLength(1);
	});
});
