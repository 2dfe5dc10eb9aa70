import { expect, test } from 'vitest';
import { createViews, noViews } from '../../../../../src/worker/infra/views/adapter';
import type { Dynamo } from '../../../../../src/worker/infra/dynamo/port';
import type { Log } from '../../../../../src/worker/log';

/** An isolate whose clock is set by hand. */
function isolate() {
	const gathered = noViews();
	const written: string[] = [];
	let at = 1_700_000_000;
	let fails = false;
	const update = async ({ key }: { key: Record<string, string> }) => {
		if (fails) throw new Error('the store does not answer');
		written.push(key['day#user']!);
	};
	const pending: Promise<unknown>[] = [];
	const views = createViews({
		gathered,
		dynamo: { update } as unknown as Dynamo,
		log: { info: () => undefined, error: () => undefined } as Log,
		background: (work) => void pending.push(work),
		retentionDays: 1,
		now: () => at,
	});
	return {
		views,
		written,
		gathered,
		pass: (seconds: number) => (at += seconds),
		fail: (now: boolean) => (fails = now),
		settle: () => Promise.all(pending.slice(0, 1)),
	};
}

test('a view is stored at once, those within the next minute together after it', async () => {
	const { views, written, gathered, pass, settle } = isolate();
	views.seen('dash_1', 'user_1');
	await settle();
	expect(written).toHaveLength(1);
	for (let second = 0; second < 50; second += 1) {
		pass(1);
		views.seen('dash_1', 'user_2');
	}
	expect(written).toHaveLength(1);
	expect([...gathered.counts.values()]).toMatchObject([{ userId: 'user_2', views: 50 }]);
	pass(11);
	views.seen('dash_1', 'user_2');
	await views.flush();
	expect(written).toHaveLength(2);
});

test('a count that could not be stored is kept for the next time', async () => {
	const { views, written, gathered, fail } = isolate();
	fail(true);
	views.seen('dash_1', 'user_1');
	await views.flush();
	await new Promise((resolve) => setTimeout(resolve));
	expect([...gathered.counts.values()]).toMatchObject([{ views: 1 }]);
	fail(false);
	await views.flush();
	expect([written.length, gathered.counts.size]).toEqual([1, 0]);
});
