// The sample data: made through REST alone, whole however often its making is interrupted, and alive once it is there.
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CARDS, DASHBOARD, TRANSFORM } from '../../scripts/sample/dashboard.js';
import { seed } from '../../scripts/seed.js';
import { admin, logIn, product } from './api';

const viewerPassword = 'Viewer-of-samples-7';
const run = () =>
	seed({ url: product.url, email: product.admin.email, password: product.admin.password, viewerPassword });

/** From the given call on nothing gets through; the answer to the call before is lost, though it was served. */
function cutAfter(calls: number): void {
	let made = 0;
	const { fetch } = globalThis;
	vi.stubGlobal('fetch', async (...args: Parameters<typeof fetch>) => {
		made += 1;
		if (made > calls) throw new TypeError('cut off');
		const answer = await fetch(...args);
		if (made === calls) throw new TypeError('answer lost');
		return answer;
	});
}
afterEach(() => {
	vi.unstubAllGlobals();
});

const interruption = fc.array(fc.integer({ min: 1, max: 24 }), { minLength: 3, maxLength: 5 });

describe('the sample data', () => {
	test('is there once, however often its making is interrupted', { timeout: 240_000 }, async () => {
		// One schedule a run: an installation is seeded once.
		await fc.assert(
			fc.asyncProperty(interruption, async (schedule) => {
				for (const calls of schedule) {
					cutAfter(calls);
					await run().catch((error: unknown) => expect(error).toBeInstanceOf(TypeError));
					vi.unstubAllGlobals();
				}
				const made = await run();
				expect(await run()).toEqual({ ...made, viewer: null, created: false });

				const caller = await admin();
				for (const [path, names] of [
					['/datasets', ['Delays by month', 'Films', 'Flights 2001', 'Seattle weather']],
					['/transforms', [TRANSFORM.name]],
					['/cards', CARDS.map(({ name }) => name)],
					['/dashboards', [DASHBOARD.name]],
				] as const) {
					const { data } = await caller.get(`${path}?limit=100`);
					const found = data
						.map((one: { name: string }) => one.name)
						.filter((name: string) => (names as readonly string[]).includes(name));
					expect(found.toSorted()).toEqual([...names].toSorted());
				}
				expect((await caller.get(`/dashboards/${made.dashboardId}/shares`)).data).toHaveLength(1);
			}),
			{ numRuns: 1 },
		);
	});

	test('its viewer sees the dashboard, and each of its cards renders', { timeout: 120_000 }, async () => {
		const { dashboardId } = await run();
		const viewer = await logIn('viewer@example.com', viewerPassword);
		const { data } = await viewer.get(`/dashboards/${dashboardId}`);
		expect(data).toMatchObject({ my_permission: 'viewer', name: DASHBOARD.name });
		expect(data.layout.cards).toHaveLength(CARDS.length);
		for (const filter of data.filters) if (filter.type === 'category') expect(filter.options.length).toBeGreaterThan(1);
		for (const { card_id: cardId } of data.layout.cards) {
			const {
				status,
				error,
				data: card,
			} = await viewer.post(`/cards/${cardId}/execute`, { dashboard_id: dashboardId });
			expect([cardId, status, error]).toEqual([cardId, 200, undefined]);
			expect(card.html.length).toBeGreaterThan(100);
		}
	});
});
