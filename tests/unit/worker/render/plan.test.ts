import { describe, expect, test } from 'vitest';
import type { Column, ColumnType } from '../../../../src/lib/contracts/dataset';
import type { ResolvedFilter } from '../../../../src/lib/contracts/filter';
import type { Bound } from '../../../../src/worker/infra/parquet/port';
import { plan, planCost, type ManifestForPlan } from '../../../../src/worker/render/plan';

const CHUNK = 1000;
const TAIL = 500;
const day = (text: string) => Date.parse(text) / 86_400_000;
const column = (name: string, type: ColumnType, zoned = false): Column => ({ name, type, zoned, nullable: true });

type Bounds = Record<string, [min: Bound | null, max: Bound | null, nulls?: number | null]>;

/** A file whose row groups have the given bounds; every chunk has 1000 bytes. */
function file(
	path: string,
	columns: Column[],
	groups: Bounds[],
	partition: ManifestForPlan['files'][number]['partition'] = null,
) {
	let at = 4;
	const chunk = (bounds: Bounds[string] | undefined) => {
		const [min, max, nulls] = bounds ?? [null, null, null];
		const start = at;
		at += CHUNK;
		return [start, CHUNK, nulls === undefined ? 0 : nulls, min, max] as [
			number,
			number,
			number | null,
			Bound | null,
			Bound | null,
		];
	};
	const metadata = {
		v: 1 as const,
		tailBytes: TAIL,
		columns: columns.map((c) => c.name),
		groups: groups.map((bounds) => ({ rows: 100, chunks: columns.map((c) => chunk(bounds[c.name])) })),
	};
	return {
		file: { path, bytes: at + TAIL, rows: 100 * groups.length, partition },
		footer: { path, etag: `etag-${path}`, metadata },
	};
}

function manifest(columns: Column[], ...files: ReturnType<typeof file>[]): ManifestForPlan {
	return {
		rows: files.reduce((sum, one) => sum + one.file.rows, 0),
		columns,
		files: files.map((one) => one.file),
		footers: files.map((one) => one.footer),
	};
}

const category = (name: string, values: string[], includeNull = false): ResolvedFilter => ({
	type: 'category',
	column: name,
	values,
	includeNull,
});
const range = (name: string, start: string | null, end: string | null): ResolvedFilter => ({
	type: 'date_range',
	column: name,
	start,
	end,
});

describe('what a plan reads', () => {
	const columns = [
		column('day', 'date'),
		column('region', 'string'),
		column('amount', 'float64'),
		column('note', 'string'),
	];
	const months = ['2024-01-01', '2024-02-01', '2024-03-01', '2024-04-01'];
	const sorted = manifest(
		columns,
		file(
			'data/part-0000.parquet',
			columns,
			months.map((from) => ({
				day: [day(from), day(from) + 27],
				region: ['APAC', 'EMEA'],
				amount: [0, 10],
			})),
		),
	);

	test('everything, without filters and columns: one range, the whole file', () => {
		const { objects, columns: handed, rowCount } = plan(sorted, { columns: null, filters: [] });
		expect(handed).toBeNull();
		expect(rowCount).toBe(400);
		expect(objects).toMatchObject([
			{ rowGroups: [0, 1, 2, 3], etag: 'etag-data/part-0000.parquet', ranges: [[0, sorted.files[0]!.bytes]] },
		]);
	});

	test('one month of four and one of four columns: two chunks, the magic and the footer', () => {
		const { objects, columns: handed } = plan(sorted, {
			columns: ['amount'],
			filters: [range('day', '2024-02-01', '2024-02-29')],
		});
		expect(handed).toEqual(['amount']);
		expect(objects[0]!.rowGroups).toEqual([1]);
		expect(planCost(objects)).toEqual({ bytes: 4 + TAIL + 2 * CHUNK, ranges: 4 });
	});

	test('no column at all, when only rows are counted', () => {
		const { objects, columns: handed } = plan(sorted, { columns: [], filters: [] });
		expect(handed).toEqual([]);
		expect(planCost(objects)).toEqual({ bytes: 4 + TAIL, ranges: 2 });
	});

	test('nothing, when no row can match', () => {
		for (const filters of [
			[category('region', ['ZZZ'])],
			[range('day', '2025-01-01', null)],
			[range('day', '2024-03-01', '2024-02-01')],
		]) {
			expect(plan(sorted, { columns: null, filters }).objects).toEqual([]);
		}
	});

	test('a filter on a column the data lacks changes nothing', () => {
		expect(plan(sorted, { columns: ['amount'], filters: [category('other', ['x'])] })).toEqual(
			plan(sorted, { columns: ['amount'], filters: [] }),
		);
	});

	test('all columns asked for one by one are a plain run', () => {
		expect(plan(sorted, { columns: ['note', 'amount', 'region', 'day'], filters: [] }).columns).toBeNull();
	});
});

describe('row groups', () => {
	const kept = (type: ColumnType, bounds: Bounds[string][], filter: ResolvedFilter, zoned = false) => {
		const columns = [column('x', type, zoned)];
		const one = manifest(
			columns,
			file(
				'f',
				columns,
				bounds.map((b) => ({ x: b })),
			),
		);
		return plan(one, { columns: null, filters: [filter] }).objects.flatMap((object) => object.rowGroups);
	};

	test('without statistics are kept', () => {
		expect(kept('string', [[null, null]], category('x', ['a']))).toEqual([0]);
		expect(kept('date', [[null, null]], range('x', '2024-01-01', null))).toEqual([0]);
	});

	test('of nothing but nulls are kept for nulls alone, and those without nulls are not', () => {
		const bounds: Bounds[string][] = [
			[null, null, 100],
			['a', 'b', 0],
			['a', 'b', 5],
			['a', 'b', null],
		];
		expect(kept('string', bounds, category('x', [], true))).toEqual([0, 2, 3]);
		expect(kept('string', bounds, category('x', ['a']))).toEqual([1, 2, 3]);
	});

	test('are judged by numbers, not by texts', () => {
		expect(
			kept(
				'int64',
				[
					[2, 5],
					[10, 90],
					['9007199254740993', '9007199254740999'],
				],
				category('x', ['3']),
			),
		).toEqual([0]);
		expect(
			kept(
				'int64',
				[
					[2, 5],
					['9007199254740993', '9007199254740999'],
				],
				category('x', ['9007199254740995']),
			),
		).toEqual([1]);
		expect(
			kept(
				'float64',
				[
					[0.5, 1],
					[2, 3],
				],
				category('x', ['0.75']),
			),
		).toEqual([0]);
		expect(
			kept(
				'bool',
				[
					[false, false],
					[false, true],
				],
				category('x', ['true']),
			),
		).toEqual([1]);
	});

	test('are kept for a value that cannot be placed', () => {
		expect(kept('int64', [[2, 5]], category('x', ['1_0']))).toEqual([0]);
		expect(kept('datetime', [[0, 1]], category('x', ['2024-01-01T00:00']))).toEqual([0]);
	});

	test('are judged in the order of code points', () => {
		expect(kept('string', [['a', '\u{ffff}']], category('x', ['\u{1f600}']))).toEqual([]);
		expect(kept('string', [['a', '\u{1f600}']], category('x', ['\u{ffff}']))).toEqual([0]);
	});

	test('of datetimes count until the end of the last day, and of instants a day more on either side', () => {
		const at = (text: string) => Date.parse(text);
		const groups: Bounds[string][] = [
			[at('2024-01-30T00:00Z'), at('2024-01-31T20:00Z')],
			[at('2024-02-01T00:00Z'), at('2024-02-29T23:59Z')],
			[at('2024-03-01T01:00Z'), at('2024-03-02T00:00Z')],
			[at('2024-03-05T00:00Z'), at('2024-03-06T00:00Z')],
		];
		expect(kept('datetime', groups, range('x', '2024-02-01', '2024-02-29'))).toEqual([1]);
		expect(kept('datetime', groups, range('x', '2024-02-01', '2024-02-29'), true)).toEqual([0, 1, 2]);
	});
});

describe('partitions', () => {
	const columns = [column('month', 'date'), column('amount', 'int64')];
	const part = (value: string | null) =>
		file(`partitions/month=${value}/part-0000.parquet`, columns, [{ amount: [1, 5] }], { column: 'month', value });
	const parted = manifest(columns, part('2024-01-01'), part('2024-02-01'), part(null));
	const months = (filter: ResolvedFilter) =>
		plan(parted, { columns: null, filters: [filter] }).objects.map((object) => object.partition?.value);

	test('are left out by their value', () => {
		expect(months(range('month', '2024-01-15', '2024-02-15'))).toEqual(['2024-02-01']);
		expect(months(category('month', ['2024-01-01']))).toEqual(['2024-01-01']);
		expect(months(category('month', ['2024-01-01'], true))).toEqual(['2024-01-01', null]);
		expect(months(category('month', [], true))).toEqual([null]);
	});
});

describe('integers beyond 2^53', () => {
	test('mark their column as exact, so that no float stands in for them', () => {
		const columns = [
			column('small', 'int64'),
			column('big', 'int64'),
			column('empty', 'int64'),
			column('blind', 'int64'),
		];
		const one = manifest(
			columns,
			file('f', columns, [
				{ small: [1, 2], big: [1, '9007199254740993'], empty: [null, null, 100], blind: [null, null, null] },
			]),
		);
		const exact = plan(one, { columns: null, filters: [] })
			.schema.filter((c) => c.exact)
			.map((c) => c.name);
		expect(exact).toEqual(['big', 'blind']);
	});
});
