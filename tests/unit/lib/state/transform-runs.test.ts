import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Client } from '$lib/client';
import type { Execution } from '$lib/contracts/transform';
import { TransformRuns } from '$lib/state/transform-runs.svelte';

const page = Object.assign(new EventTarget(), { hidden: false });
let stop: () => void = () => undefined;

beforeEach(() => {
	vi.useFakeTimers();
	vi.stubGlobal('document', page);
});
afterEach(() => {
	stop();
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

const refused = Object.assign(new Error('Too much is running.'), { code: 'BUSY' });
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Runs of a transform that has none, whose client answers as `calls` say. */
async function followed(calls: Record<string, unknown> = {}): Promise<TransformRuns> {
	const none = async () => ({ items: [], pagination: { total: 0, limit: 20, offset: 0, hasNext: false } });
	const transforms = { executions: { query: none }, ...calls };
	const runs = new TransformRuns({ transforms } as unknown as Client, 'tf_0000000000000001', () => undefined);
	stop = runs.follow();
	await pass(0);
	return runs;
}

test('why a run was not started stays until the next attempt, however often the runs are looked at', async () => {
	let isFree = false;
	const started = { executionId: 'exec_1', status: 'running', startedAt: new Date().toISOString() } as Execution;
	const mutate = async () => {
		if (!isFree) throw refused;
		return started;
	};
	const runs = await followed({ execute: { mutate }, execution: { query: async () => started } });
	expect(await runs.start()).toBe(false);
	await pass(120_000);
	expect(runs.failure).toBe('Too much is running.');
	isFree = true;
	expect(await runs.start()).toBe(true);
	expect(runs.failure).toBeNull();
	expect(runs.current).toEqual(started);
});

test('a look that failed is told until one goes well', async () => {
	let looks = 0;
	const query = async () => {
		if (++looks === 1) throw refused;
		return { items: [], pagination: { total: 0 } };
	};
	const runs = await followed({ executions: { query } });
	expect([runs.failure, runs.known]).toEqual(['Too much is running.', false]);
	await pass(30_000);
	expect([runs.failure, runs.known]).toEqual([null, true]);
});

test('the run that somebody waits for is the one that they began, or that went on when they came', async () => {
	const run = (executionId: string) => ({ executionId, status: 'running', startedAt: new Date().toISOString() });
	let items = [run('exec_1')];
	const runs = await followed({
		executions: { query: async () => ({ items, pagination: { total: 1 } }) },
		execution: { query: async () => ({ ...items[0], status: 'succeeded' }) },
		execute: { mutate: async () => run('exec_3') },
	});
	expect(runs.awaited).toBe('exec_1');
	items = [run('exec_2')];
	await pass(60_000);
	expect(runs.awaited).toBe('exec_1');
	await runs.start();
	expect(runs.awaited).toBe('exec_3');
});

test('a run that was cancelled is looked at until all that it printed is there', async () => {
	let looks = 0;
	const cancelled = { executionId: 'exec_1', status: 'cancelled', startedAt: '', finishedAt: new Date().toISOString() };
	const query = async () => {
		looks++;
		return { items: [cancelled], pagination: { total: 1 } };
	};
	await followed({ executions: { query } });
	await pass(12_500);
	expect(looks).toBe(5);
	await pass(25_000);
	expect(looks).toBe(5);
});
