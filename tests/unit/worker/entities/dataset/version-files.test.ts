// What comes from a process in which somebody's own code ran is believed as far as its file says the same.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkFooters, type StoredFile } from '../../../../../src/worker/entities/dataset/version-files';
import type { TableManifest } from '../../../../../src/worker/infra/executor/protocol';
import { readColumns, readFooter } from '../../../../../src/worker/infra/parquet/footer';

const bytes = new Uint8Array(readFileSync('tests/fixtures/parquet/types.parquet'));
const metadata = readFooter(bytes);
const columns = readColumns(bytes);
const path = 'data/part-0000.parquet';
const sha256 = 'a'.repeat(64);
const rows = metadata.groups.reduce((sum, group) => sum + group.rows, 0);
const file: StoredFile = { path, bytes: bytes.length, sha256, etag: 'e', metadata, columns };
const manifest: TableManifest = {
	rows,
	columns: columns.map(({ name, type, zoned }) => ({
		name,
		type: type!,
		zoned,
		nullable: true,
		nullCount: 0,
		exact: false,
	})),
	partitionColumn: null,
	files: [{ path, rows, bytes: bytes.length, sha256, partition: null }],
};

describe('a file', () => {
	test('of the types that datasets have says them itself', () => {
		expect(columns.every(({ type }) => type !== null)).toBe(true);
		expect(new Set(columns.map(({ type }) => type)).size).toBeGreaterThan(4);
	});

	test('that is what its maker says is taken', () => {
		expect(() => checkFooters(manifest, [file])).not.toThrow();
	});

	const [first, ...others] = manifest.columns;
	const [group] = metadata.groups;
	const withChunk = (start: number, length: number): StoredFile => {
		const chunks = [[start, length, 0, null, null] as const, ...group!.chunks.slice(1)];
		return { ...file, metadata: { ...metadata, groups: [{ ...group!, chunks: chunks as never }] } };
	};
	test.each([
		['names a column otherwise', { ...manifest, columns: [{ ...first!, name: 'other' }, ...others] }, file],
		['says another type', { ...manifest, columns: [{ ...first!, type: 'bool' as const }, ...others] }, file],
		['says fewer columns', { ...manifest, columns: others }, file],
		['says more rows', { ...manifest, rows: rows + 1, files: [{ ...manifest.files[0]!, rows: rows + 1 }] }, file],
		['adds up otherwise', { ...manifest, rows: rows + 1 }, file],
		['points behind the file', manifest, withChunk(bytes.length, 10)],
		['points into the footer', manifest, withChunk(bytes.length - metadata.tailBytes - 5, 10)],
		['points before the file', manifest, withChunk(-1, 2)],
		['points at less than nothing', manifest, withChunk(10, -5)],
	])('whose maker %s is refused', (_what, said, stored) => {
		expect(() => checkFooters(said, [stored])).toThrow(
			expect.objectContaining({ code: 'VALIDATION_ERROR', details: { runCode: 'invalid_result' } }),
		);
	});
});
