import { readFileSync } from 'node:fs';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import type { CompactFooter } from '../../../../../src/worker/infra/parquet/port';
import { readFooter, tailLength } from '../../../../../src/worker/infra/parquet/footer';

/** 3,000 rows in groups of 2,048, written by DuckDB: `small` counts from 0, `day` moves every 100 rows. */
const bytes = new Uint8Array(readFileSync('tests/fixtures/parquet/types.parquet'));
const footer = readFooter(bytes);
const chunk = (one: CompactFooter, group: number, name: string) =>
	one.groups[group]!.chunks[one.columns.indexOf(name)]!;
const boundsOf = (group: number, name: string) => chunk(footer, group, name).slice(3);

describe('a compact footer', () => {
	test('says where every chunk lies: the chunks and the footer are the whole file', () => {
		const chunks = footer.groups.flatMap((group) => group.chunks);
		expect(footer.groups.map((group) => group.rows)).toEqual([2048, 952]);
		expect(Math.min(...chunks.map(([start]) => start))).toBe(4);
		const ends = Math.max(...chunks.map(([start, length]) => start + length));
		expect(ends).toBeLessThanOrEqual(bytes.length - footer.tailBytes);
	});

	test('says what values a chunk spans, as JSON can carry them', () => {
		expect(boundsOf(1, 'small')).toEqual([2048, 2999]);
		expect(boundsOf(0, 'big')).toEqual(['9007199254740992', '9007199254743039']);
		expect(boundsOf(0, 'ratio')).toEqual([0, 511.75]);
		expect(boundsOf(0, 'even')).toEqual([false, true]);
		expect(boundsOf(1, 'region')).toEqual(['région 0', 'région 4']);
		expect(boundsOf(0, 'day')).toEqual([19723, 19743]);
		expect(boundsOf(0, 'wall')[0]).toBe(-1);
		expect(boundsOf(0, 'instant')[0]).toBe(Date.parse('2024-01-01T00:00Z'));
	});

	test('says how many nulls a chunk holds, and knows no bounds of nulls or of very long texts', () => {
		expect(chunk(footer, 0, 'region').slice(2)).toEqual([2048, null, null]);
		expect(boundsOf(0, 'long')).toEqual([null, null]);
	});

	test('is the same after JSON, and from its own bytes alone', () => {
		expect(JSON.parse(JSON.stringify(footer))).toEqual(footer);
		expect(readFooter(bytes.subarray(bytes.length - footer.tailBytes))).toEqual(footer);
		expect(tailLength(bytes.subarray(bytes.length - 8))).toBe(footer.tailBytes);
	});

	test('names enough bytes to read a column: nothing else is touched', async () => {
		const [start, length] = chunk(footer, 0, 'region');
		const allowed = [
			[start, start + length],
			[bytes.length - footer.tailBytes, bytes.length],
		] as const;
		const file = {
			byteLength: bytes.length,
			slice(from: number, to = bytes.length) {
				expect(allowed.some(([a, b]) => from >= a && to <= b)).toBe(true);
				return bytes.slice(from, to).buffer;
			},
		};
		const { parquetMetadataAsync } = await import('hyparquet');
		const metadata = await parquetMetadataAsync(file, { initialFetchSize: footer.tailBytes });
		const rows = await parquetReadObjects({ file, metadata, columns: ['region'], rowStart: 0, rowEnd: 10 });
		expect(rows).toHaveLength(10);
	});

	test('of a damaged file is refused', () => {
		expect(() => readFooter(bytes.subarray(0, 100))).toThrow('not the end of a Parquet file');
		expect(() => readFooter(bytes.subarray(bytes.length - 20))).toThrow();
		expect(() => tailLength(new Uint8Array(3))).toThrow();
	});
});
