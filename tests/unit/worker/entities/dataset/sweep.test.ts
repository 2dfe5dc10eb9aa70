// What the daily sweep takes away of a dataset whose versions follow each other, and when.
import { expect, test } from 'vitest';
import { sweep } from '../../../../../src/worker/entities/dataset/sweep';
import type { Item, KeyOf } from '../../../../../src/worker/infra/dynamo/port';

const DAY = 24 * 60 * 60;
const datasetId = 'ds_0000000000000001';
const prefixOf = (versionId: string) => `datasets/${datasetId}/versions/${versionId}/`;

/** A dataset with these versions, each shown from its day on; `current` is the one that it shows. */
function surroundings(days: Record<string, number>, current: string | null) {
	const items = new Map<string, Item>(
		Object.entries(days).map(([versionId, day]) => [versionId, { datasetId, versionId, createdAt: day * DAY }]),
	);
	const left = new Map(Object.entries(days).map(([versionId, day]) => [prefixOf(versionId), day * DAY]));
	const dynamo = {
		batchGet: async (keys: KeyOf[]) =>
			keys.map(({ table, key }) => {
				if (table === 'dataset_versions') return items.get(String(key['versionId'])) ?? null;
				return current === null ? null : { datasetId, versionId: current };
			}),
		remove: async ({ key }: KeyOf) => items.delete(String(key['versionId'])),
	};
	const objects = {
		async *list(prefix: string) {
			if (prefix !== 'datasets/') return;
			for (const [folder, modifiedAt] of left) yield { key: `${folder}data/part-0000.parquet`, bytes: 1, modifiedAt };
		},
		removeAll: async (prefix: string) => Number(left.delete(prefix)),
	};
	const on = async (day: number) => {
		const found = await sweep({ dynamo, objects, now: () => day * DAY } as unknown as Parameters<typeof sweep>[0]);
		return { ...found, left: [...items.keys()], stored: [...left.keys()] };
	};
	return { on, items };
}

test('a version goes a week after another one took its place, with its item', async () => {
	const { on } = surroundings({ ver_b: 10, ver_a: 30, ver_c: 31 }, 'ver_c');
	expect(await on(36.9)).toMatchObject({ replaced: 0, left: ['ver_b', 'ver_a', 'ver_c'] });
	expect(await on(37.1)).toMatchObject({ replaced: 1, left: ['ver_a', 'ver_c'] });
	expect(await on(38.1)).toMatchObject({ replaced: 1, left: ['ver_c'], stored: [prefixOf('ver_c')] });
});

test('the version that a dataset shows stays for ever, also where another one is said to be younger', async () => {
	const { on } = surroundings({ ver_a: 1, ver_b: 2 }, 'ver_a');
	expect(await on(10_000)).toMatchObject({ replaced: 0, left: ['ver_a', 'ver_b'] });
});

test('what a run that failed left does not make the version before it old', async () => {
	const { on, items } = surroundings({ ver_a: 1, ver_failed: 5, ver_b: 30 }, 'ver_b');
	items.delete('ver_failed');
	expect(await on(31)).toMatchObject({ orphans: 1, replaced: 0, left: ['ver_a', 'ver_b'] });
});
