import { describe, expect, test } from 'vitest';
import { ImageSource } from '../../../../src/worker/render/image';

function source({ image = 'one', level = 3, cached }: { image?: string; level?: number; cached?: string } = {}) {
	const state = {
		image,
		level,
		asked: 0,
		clock: 0,
		read: 0,
		pending: [] as Promise<unknown>[],
		values: new Map<string, unknown>(),
	};
	if (cached) state.values.set('executor-image', cached);
	const images = new ImageSource({
		health: async () => {
			state.asked += 1;
			return { level: state.level, tier: 'root', slots: 4, busy: 0, queued: 0, image: state.image };
		},
		minLevel: 2,
		now: () => state.clock,
	});
	const hints = {
		getMany: async () => ((state.read += 1), state.values),
		put: async (name: string, value: unknown) => void state.values.set(name, value),
		keepHere: async () => undefined,
	};
	const current = () =>
		images.current({ hints, background: (work) => void state.pending.push(work.catch(() => undefined)) });
	return { state, current };
}

describe('the image of the executor', () => {
	test('is asked for once, then remembered without any call', async () => {
		const { state, current } = source();
		expect([await current(), await current(), await current()]).toEqual(['one', 'one', 'one']);
		expect(state).toMatchObject({ asked: 1, read: 1 });
	});

	test('comes from the caches for a new isolate, and is checked behind its back', async () => {
		const { state, current } = source({ image: 'new', cached: 'old' });
		expect(await current()).toBe('old');
		await Promise.all(state.pending);
		expect(await current()).toBe('new');
		expect(state.values.get('executor-image')).toBe('new');
	});

	test('is found out anew a minute later, while the old one still serves', async () => {
		const { state, current } = source();
		await current();
		state.image = 'two';
		state.clock = 60_000;
		expect(await current()).toBe('one');
		await Promise.all(state.pending);
		expect(await current()).toBe('two');
		expect(state.asked).toBe(2);
	});

	test('of a sandbox that is too weak serves nobody', async () => {
		const { state, current } = source();
		await current();
		state.level = 1;
		state.clock = 60_000;
		await current();
		await Promise.all(state.pending);
		await expect(current()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
	});
});
