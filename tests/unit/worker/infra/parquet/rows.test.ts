import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Column } from '$lib/contracts/dataset';
import { toCell } from '../../../../../src/worker/infra/parquet/cell';
import { countValues } from '../../../../../src/worker/infra/parquet/distinct';
import type { ParquetSource } from '../../../../../src/worker/infra/parquet/file';
import { tailLength } from '../../../../../src/worker/infra/parquet/footer';
import { keptRows } from '../../../../../src/worker/infra/parquet/kept-rows';
import { countKept, readFirstRows } from '../../../../../src/worker/infra/parquet/rows';

/** 3,000 rows in groups of 2,048, written by DuckDB: `small` counts from 0, `big` from 2^53, `region` is null in the first group. */
const bytes = new Uint8Array(readFileSync('tests/fixtures/parquet/types.parquet'));
const column = (name: string, type: Column['type'], zoned = false): Column => ({ name, type, zoned, nullable: true });

const filter = (name: string, values: string[], includeNull = false) =>
	({ type: 'category', column: name, values, includeNull }) as const;

/** The file, and every range that is read of it. */
function source() {
	const reads: [number, number][] = [];
	const file: ParquetSource = {
		bytes: bytes.length,
		tailBytes: tailLength(bytes),
		async read(start, end) {
			reads.push([start, end]);
			return bytes.slice(start, end).buffer;
		},
	};
	return { file, reads };
}

describe('the first rows', () => {
	test('come in file order with their cells in the order that was asked for', async () => {
		const { file } = source();
		const rows = await readFirstRows(
			[file],
			[column('big', 'int64'), column('small', 'int64'), column('region', 'string')],
			{ limit: 3 },
		);
		expect(rows).toEqual([
			['9007199254740992', 0, null],
			['9007199254740993', 1, null],
			['9007199254740994', 2, null],
		]);
	});

	test('cost the footer and the neighbouring chunks of the first row group: two reads', async () => {
		const { file, reads } = source();
		await readFirstRows([file], [column('small', 'int64')], { limit: 100 });
		expect(reads).toHaveLength(2);
		expect(reads[0]).toEqual([bytes.length - file.tailBytes, bytes.length]);
	});

	test('go on in the next file when one has too few', async () => {
		const rows = await readFirstRows([source().file, source().file], [column('small', 'int64')], { limit: 3005 });
		expect(rows).toHaveLength(3005);
		expect(rows.slice(2999, 3002)).toEqual([[2999], [0], [1]]);
	});

	test('may be those alone that filters keep, wherever they lie', async () => {
		const columns = [column('small', 'int64'), column('region', 'string')];
		const keep = keptRows([filter('small', ['5', '2047', '2048', '2999'])], columns);
		const files = [source().file];
		expect((await readFirstRows(files, columns, { limit: 3, keep })).map(([small]) => small)).toEqual([5, 2047, 2048]);
		expect(await countKept(files, keep)).toBe(4);
		expect(await countKept(files, keptRows([filter('region', [], true)], columns))).toBe(2048);
		expect(await countKept(files, keptRows([filter('small', ['5']), filter('region', ['EMEA'])], columns))).toBe(0);
	});

	test('of no file are none', async () => {
		expect(await readFirstRows([], [column('small', 'int64')], { limit: 10 })).toEqual([]);
	});
});

describe('distinct values', () => {
	test('are the least of all row groups with exact counts, nulls counted apart', async () => {
		const { values, nullCount, truncated } = await countValues([source().file], column('region', 'string'), {
			limit: 2,
		});
		expect(nullCount).toBeGreaterThanOrEqual(2048);
		expect(values.map(({ value }) => value)).toEqual(['région 0', 'région 1']);
		expect(truncated).toBe(true);
	});

	test('of more values than are kept at any time are still the least', async () => {
		const { values, truncated } = await countValues([source().file, source().file], column('small', 'int64'), {
			limit: 5,
		});
		expect(values).toEqual([0, 1, 2, 3, 4].map((value) => ({ value, count: 2 })));
		expect(truncated).toBe(true);
	});

	test('of integers beyond 2^53 are told apart', async () => {
		const { values } = await countValues([source().file], column('big', 'int64'), { limit: 2 });
		expect(values).toEqual([
			{ value: '9007199254740992', count: 1 },
			{ value: '9007199254740993', count: 1 },
		]);
	});
});

describe('a cell', () => {
	test.each([
		[-1n, column('t', 'datetime'), '1969-12-31T23:59:59.999999'],
		[0n, column('t', 'datetime', true), '1970-01-01T00:00:00Z'],
		[1_709_123_456_120_000n, column('t', 'datetime'), '2024-02-28T12:30:56.12'],
		[-719_162, column('d', 'date'), '0001-01-01'],
		[2_932_896, column('d', 'date'), '9999-12-31'],
		[9_007_199_254_740_991n, column('n', 'int64'), 9_007_199_254_740_991],
		[-9_007_199_254_740_993n, column('n', 'int64'), '-9007199254740993'],
		[Infinity, column('f', 'float64'), 'Infinity'],
		[undefined, column('f', 'float64'), null],
		[false, column('b', 'bool'), false],
	])('of %s is what JSON can carry', (value, of, cell) => {
		expect(toCell(value, of)).toBe(cell);
	});
});
