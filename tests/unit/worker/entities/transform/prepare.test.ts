// What the executor is asked for: inputs that are there and that the transform's owner may use, whole or their first rows.
import { describe, expect, test } from 'vitest';
import type { DatasetSummary } from '../../../../../src/worker/entities/dataset/summary';
import type { Inputs } from '../../../../../src/worker/entities/transform/inputs';
import { callOf, headOf, type PrepareDeps } from '../../../../../src/worker/entities/transform/prepare';
import type { ManifestForPlan } from '../../../../../src/worker/render/plan';

const GROUP_ROWS = 4_000;
/** A file a hundred bytes for each group. */
const file = (number: number, groups: number) => ({
	path: `data/part-000${number}.parquet`,
	bytes: groups * 100 + 50,
	rows: groups * GROUP_ROWS,
	partition: null,
});
const chunk = (group: number) => [4 + group * 100, 96, 0, 'APAC', 'EMEA'] as const;
const footer = (number: number, groups: number) => ({
	path: `data/part-000${number}.parquet`,
	etag: 'e',
	metadata: {
		v: 1 as const,
		tailBytes: 20,
		columns: ['region'],
		groups: Array.from({ length: groups }, (_none, group) => ({ rows: GROUP_ROWS, chunks: [[...chunk(group)]] })),
	},
});
const manifest = {
	rows: 5 * GROUP_ROWS,
	columns: [{ name: 'region', type: 'string', nullable: false, zoned: false }],
	files: [file(0, 2), file(1, 3)],
	footers: [footer(0, 2), footer(1, 3)],
} as unknown as ManifestForPlan;

const summary: DatasetSummary = {
	datasetId: 'ds_1',
	ownerId: 'user_2',
	name: 'Sales',
	versionId: 'ver_1',
	schema: [{ name: 'region', type: 'string', nullable: false, zoned: false }],
	lastImportAt: 1,
	grants: {},
	transformId: null,
	rowPolicies: [],
};
const inputsOf = (dataset: DatasetSummary | null, isUsable = true) =>
	({
		owner: { userId: 'user_1', role: 'user', groupIds: [] },
		datasets: new Map(dataset ? [[dataset.datasetId, dataset]] : []),
		isUsable: () => isUsable,
	}) as unknown as Inputs;
const deps = {
	cache: { get: async () => manifest },
	objects: { presignGet: async (key: string) => `http://store/${key}` },
	settings: { ZONE: 'UTC' },
} as unknown as PrepareDeps;
const code = 'PARAMS = {"top": {"type": "number", "default": 10}}\ndef transform(inputs, params): return 1\n';
const program = { code, params: {}, inputs: [{ datasetId: 'ds_1', alias: 'sales' }] };
const ask = (inputs: Inputs, firstRows?: number) =>
	callOf(deps, program, inputs, { seconds: 60, ...(firstRows !== undefined && { firstRows }) });
const policy = (column: string) => [{ column, rules: { 'user:user_1': { values: ['APAC'], includeNull: false } } }];

describe('a run', () => {
	test('reads all of its inputs by the names of its code, with the defaults of its params', async () => {
		const { inputs, params, author } = await ask(inputsOf(summary));
		expect([author, params]).toEqual(['user_1', { top: 10 }]);
		const [input] = inputs;
		expect(input).toMatchObject({ name: 'sales', columns: null, rowCount: 5 * GROUP_ROWS, rowFilters: [] });
		expect(input!.objects.map(({ rowGroups }) => rowGroups)).toEqual([
			[0, 1],
			[0, 1, 2],
		]);
	});

	test('reads the rows that its owner may see', async () => {
		const [input] = (await ask(inputsOf({ ...summary, rowPolicies: policy('region') }))).inputs;
		expect(input!.rowFilters).toEqual([{ type: 'category', column: 'region', values: ['APAC'], includeNull: false }]);
	});

	test.each([
		['is gone', inputsOf(null), 'input_gone', 'The input “sales” is not there any more.'],
		['is not shared any more', inputsOf(summary, false), 'input_not_shared', 'not shared with you any more'],
		['has no data', inputsOf({ ...summary, versionId: null }), 'input_empty', 'has no data yet'],
		['hides all rows', inputsOf({ ...summary, rowPolicies: policy('gone') }), 'input_hidden', 'shows you no rows'],
	])('of which an input %s does not begin, and names it', async (_what, inputs, runCode, words) => {
		await expect(ask(inputs)).rejects.toMatchObject({
			details: { runCode },
			userMessage: expect.stringContaining(words),
		});
	});
});

describe('a preview', () => {
	test('reads the row groups that hold the first rows, and no others', async () => {
		const [input] = (await ask(inputsOf(summary), 10_000)).inputs;
		expect(input!.objects.map(({ rowGroups, ranges }) => [rowGroups, ranges])).toEqual([
			[[0, 1], expect.any(Array)],
			[
				[0],
				[
					[0, 100],
					[330, 350],
				],
			],
		]);
		expect(input!.rowCount).toBe(5 * GROUP_ROWS);
	});

	test('looks further where a row policy withholds rows: the first that are left may come late', async () => {
		const [input] = (await ask(inputsOf({ ...summary, rowPolicies: policy('region') }), 10_000)).inputs;
		expect(input!.objects.flatMap(({ rowGroups }) => rowGroups)).toHaveLength(5);
	});

	test('of the first rows of nothing reads nothing', () => {
		expect(headOf({ ...manifest, files: [], footers: [] }, 10).files).toEqual([]);
		expect(headOf(manifest, 1).files).toHaveLength(1);
	});
});
