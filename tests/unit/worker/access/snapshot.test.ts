import { describe, expect, test } from 'vitest';
import { createSnapshot } from '../../../../src/worker/access/snapshot';
import type { LocationCache } from '../../../../src/worker/infra/cache/location-cache';

const TTL = 10;

/** A location: one cache, a clock, and as many Workers as it takes. */
function location(ttl = TTL) {
	const values = new Map<string, { value: unknown; until: number }>();
	const clock = { now: 1_000 };
	const cache: LocationCache = {
		async get(name) {
			const found = values.get(name);
			return found && found.until > clock.now ? structuredClone(found.value) : null;
		},
		async put(name, value, seconds) {
			values.set(name, { value: structuredClone(value), until: clock.now + seconds });
		},
	};
	return { clock, cache, values, worker: () => createSnapshot({ cache, held: new Map(), ttl, now: () => clock.now }) };
}

describe('a snapshot', () => {
	test('is used for the TTL from when its reading began, and not a moment longer', async () => {
		const { clock, worker } = location();
		const readAt = clock.now;
		clock.now += 3;
		await worker().fill('user/1', 'Ada', readAt);
		clock.now = readAt + TTL - 0.1;
		expect(await worker().read('user/1')).toBe('Ada');
		clock.now = readAt + TTL;
		expect(await worker().read('user/1')).toBeNull();
	});

	test('that was purged is gone, and nothing read before may come back for one TTL', async () => {
		const { clock, worker } = location();
		await worker().fill('user/1', 'old', clock.now);
		const readAt = clock.now;
		clock.now += 1;
		await worker().purge('user/1');
		expect(await worker().read('user/1')).toBeNull();
		await worker().fill('user/1', 'old', readAt);
		expect(await worker().read('user/1')).toBeNull();
		clock.now += 1;
		await worker().fill('user/1', 'new', clock.now);
		expect(await worker().read('user/1')).toBe('new');
	});

	test('never shows what a write replaced, whichever way the two interleave', async () => {
		for (let order = 0; order < 32; order += 1) {
			const { clock, cache, worker } = location();
			const steps = interleave(cache, order);
			const reader = createSnapshot({ cache: steps.of(0), held: new Map(), ttl: TTL, now: () => clock.now });
			const writer = createSnapshot({ cache: steps.of(1), held: new Map(), ttl: TTL, now: () => clock.now });
			const readAt = clock.now;
			clock.now += 1;
			await Promise.all([reader.fill('dash/1', 'before the write', readAt), writer.purge('dash/1')]);
			expect(await worker().read('dash/1')).toBeNull();
		}
	});

	test('that an isolate has at hand ends with a purge by another one, at once', async () => {
		const { clock, cache } = location();
		const isolate = () => {
			const held = new Map();
			return () => createSnapshot({ cache, held, ttl: TTL, now: () => clock.now });
		};
		const [reader, writer] = [isolate(), isolate()];
		await reader().fill('user/1', 'old', clock.now);
		clock.now += 1;
		expect(await reader().read('user/1')).toBe('old');
		await writer().purge('user/1');
		expect(await reader().read('user/1')).toBeNull();
	});

	test('that is at hand costs one look-up a request, however many entries it needs', async () => {
		const { clock, cache } = location();
		let lookups = 0;
		const counted: LocationCache = { ...cache, get: (name) => ((lookups += 1), cache.get(name)) };
		const held = new Map();
		const request = () => createSnapshot({ cache: counted, held, ttl: TTL, now: () => clock.now });
		for (const name of ['session/1', 'user/1', 'dash/1']) await request().fill(name, name, clock.now);
		lookups = 0;
		const { read } = request();
		expect(await Promise.all(['session/1', 'user/1', 'dash/1'].map(read))).toEqual(['session/1', 'user/1', 'dash/1']);
		expect(lookups).toBe(1);
	});

	test('is off with a TTL of 0', async () => {
		const { clock, values, worker } = location(0);
		await worker().fill('user/1', 'Ada', clock.now);
		await worker().purge('user/1');
		expect(await worker().read('user/1')).toBeNull();
		expect(values.size).toBe(0);
	});
});

/** Lets two callers of one cache take turns in the order that the bits of `order` say. */
function interleave(cache: LocationCache, order: number) {
	const waiting: [(() => void)[], (() => void)[]] = [[], []];
	let turn = 0;
	const grant = () => {
		const wanted = (order >> turn) & 1;
		const next = waiting[wanted as 0 | 1].shift() ?? waiting[(1 - wanted) as 0 | 1].shift();
		turn += 1;
		next?.();
	};
	const step = async <T>(who: 0 | 1, work: () => Promise<T>): Promise<T> => {
		await new Promise<void>((resolve) => {
			waiting[who].push(resolve);
			setTimeout(grant);
		});
		return work();
	};
	return {
		of: (who: 0 | 1): LocationCache => ({
			get: (name) => step(who, () => cache.get(name)),
			put: (name, value, seconds) => step(who, () => cache.put(name, value, seconds)),
		}),
	};
}
