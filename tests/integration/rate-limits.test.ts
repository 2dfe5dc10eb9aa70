// Limits as settings: calls of a key, log-ins that fail, runs of cards. And what headers say of them.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startApiWorker, type ApiWorker } from './api-worker';
import { importCsv, newDashboard, salesCsv, sumCard } from './data';
import { admin, newPerson, type Person } from './people';

const services = inject('services');
const KEY_CALLS = 5;
const RUNS = 2;
let worker: ApiWorker;
let ada: Person;

beforeAll(async () => {
	const variables = {
		API_CALLS_PER_KEY: String(KEY_CALLS),
		EXECUTIONS_PER_DASHBOARD: String(RUNS),
		LOGIN_FAILURES_PER_ACCOUNT: '2',
	};
	worker = await startApiWorker({ services, variables });
	ada = await newPerson(worker, await admin(worker, services), 'Ada');
});
afterAll(() => worker.stop());

const limitsOf = ({ headers }: Response) => ({
	policy: headers.get('ratelimit-policy'),
	limit: headers.get('ratelimit'),
	retryAfter: headers.get('retry-after'),
});

test('a key makes so many calls a minute, whichever API it calls, and is told how many are left', async () => {
	const { key } = await worker.client(ada.token).apiKeys.create.mutate({ name: 'x' });
	const headers = { authorization: `Bearer ${key}` };
	const call = () => fetch(`${worker.url}/api/dashboards`, { headers });
	expect(limitsOf(await call())).toEqual({
		policy: `"api";q=${KEY_CALLS};w=60`,
		limit: `"api";r=${KEY_CALLS - 1};t=60`,
		retryAfter: null,
	});
	const input = encodeURIComponent(JSON.stringify({ 0: '[{}]', 1: '[{}]' }));
	const batch = await fetch(`${worker.url}/trpc/cards.list,datasets.list?batch=1&input=${input}`, { headers });
	expect(limitsOf(batch).limit).toMatch(/^"api";r=2;t=\d+$/);
	expect((await call()).status).toBe(200);
	const written = await fetch(`${worker.url}/trpc/cards.list%2Cdatasets.list?batch=1&input=${input}`, { headers });
	expect(written.status).toBe(429);
	expect((await call()).status).toBe(200);

	const refused = await call();
	expect(refused.status).toBe(429);
	expect(await refused.json()).toMatchObject({ error: { code: 'RATE_LIMITED', details: { policy: 'api' } } });
	const { limit, retryAfter } = limitsOf(refused);
	expect(limit).toBe(`"api";r=0;t=${retryAfter}`);
	expect(Number(retryAfter)).toBeGreaterThan(0);
	expect(Number(retryAfter)).toBeLessThanOrEqual(60);
	const viaTrpc = await fetch(`${worker.url}/trpc/cards.list?input=${encodeURIComponent('"[{}]"')}`, { headers });
	expect([viaTrpc.status, Number(viaTrpc.headers.get('retry-after')) > 0]).toEqual([429, true]);
});

test('a session makes as many calls as it likes, and headers say nothing of limits', async () => {
	for (let calls = 0; calls < KEY_CALLS * 2; calls += 1) {
		const answer = await fetch(`${worker.url}/api/dashboards`, { headers: { authorization: `Bearer ${ada.token}` } });
		expect(answer.status).toBe(200);
		expect(answer.headers.get('ratelimit')).toBeNull();
	}
});

test('log-ins that fail are told how many more may', async () => {
	const logIn = () =>
		fetch(`${worker.url}/api/auth/login`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'cf-connecting-ip': '192.0.2.77' },
			body: JSON.stringify({ email: ada.email, password: 'Wrong-password-1' }),
		});
	const answers = [await logIn(), await logIn(), await logIn()];
	expect(answers.map(({ status }) => status)).toEqual([401, 401, 429]);
	expect(limitsOf(answers[0]!).policy).toBe('"login-account";q=2;w=60, "login-address";q=50;w=60');
	expect(limitsOf(answers[1]!).limit).toMatch(/^"login-account";r=0;t=\d+, "login-address";r=\d+;t=\d+$/);
	expect(limitsOf(answers[2]!)).toMatchObject({ retryAfter: expect.stringMatching(/^\d+$/) });
});

test('the cards of a dashboard run so often a minute; what is in the cache goes on being shown', async () => {
	const client = worker.client(ada.token);
	const datasetId = await importCsv(worker, ada, { name: 'sales', csv: salesCsv() });
	const code = (text: string) => client.cards.create.mutate({ name: text, datasetId, code: sumCard(text) });
	const cards = [await code('a'), await code('b'), await code('c')].map(({ cardId }) => cardId);
	const { dashboardId } = await newDashboard(worker, ada, cards);
	const show = async (refresh: boolean) => {
		const answer = await fetch(`${worker.url}/render/dashboards/${dashboardId}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${ada.token}` },
			body: JSON.stringify({ refresh }),
		});
		const lines = (await answer.text()).trim().split('\n');
		return lines.map((line) => JSON.parse(line) as { status?: string; error?: { code: string; retryAfter: number } });
	};
	const first = await show(false);
	const refused = first.filter(({ status }) => status === 'error');
	expect(refused.map(({ error }) => error?.code)).toEqual(['RATE_LIMITED']);
	expect(refused[0]?.error?.retryAfter).toBeGreaterThan(0);
	expect(first.filter(({ status }) => status === 'ok')).toHaveLength(RUNS);
	expect((await show(false)).filter(({ status }) => status === 'ok')).toHaveLength(RUNS);

	const one = await fetch(`${worker.url}/api/cards/${cards[0]}/execute`, {
		method: 'POST',
		headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
		body: JSON.stringify({ dashboard_id: dashboardId, use_cache: false }),
	});
	expect(one.status).toBe(429);
	expect(limitsOf(one)).toEqual({
		policy: `"executions";q=${RUNS};w=60`,
		limit: expect.stringMatching(/^"executions";r=0;t=\d+$/),
		retryAfter: expect.stringMatching(/^\d+$/),
	});
});
