// What to read for a run: objects, row groups and byte ranges, from a version's manifest, the columns and the filters.
// Pure, so that bytes are counted in tests without a network; the executor fetches what it says and nothing else.
import type { Column } from '$lib/contracts/dataset';
import type { ResolvedFilter } from '$lib/contracts/filter';
import type { CompactFooter } from '../infra/parquet/port';
import { dayNumber, mayMatch, type Span } from './prune';

/** The part of a version's manifest that a plan needs. */
export interface ManifestForPlan {
	rows: number;
	columns: readonly Column[];
	files: readonly {
		path: string;
		bytes: number;
		rows: number;
		/** The value that all rows of the file share, null standing for no value. */
		partition: { column: string; value: string | null } | null;
	}[];
	footers: readonly { path: string; etag: string; metadata: CompactFooter }[];
}

export type ByteRange = [start: number, end: number];

export interface PlannedObject {
	/** Within the version's folder. */
	path: string;
	size: number;
	etag: string;
	/** Half-open, sorted, disjoint. */
	ranges: ByteRange[];
	rowGroups: number[];
	partition: { column: string; value: string | null } | null;
}

export interface Plan {
	/** Columns to hand over; null: all. */
	columns: string[] | null;
	schema: (Column & { exact: boolean })[];
	rowCount: number;
	objects: PlannedObject[];
}

type File = ManifestForPlan['files'][number];

/** Plans one dataset of a run. `columns`: those the code may touch, null for all; filters on other columns are ignored. */
export function plan(
	manifest: ManifestForPlan,
	{ columns, filters }: { columns: readonly string[] | null; filters: readonly ResolvedFilter[] },
): Plan {
	const types = new Map(manifest.columns.map((column) => [column.name, column]));
	const footers = new Map(manifest.footers.map((footer) => [footer.path, footer]));
	const relevant = filters.filter((filter) => types.has(filter.column));
	const handed = narrow(columns, manifest);
	const wanted = handed && new Set([...handed, ...relevant.map((filter) => filter.column)]);
	const objects: PlannedObject[] = [];
	for (const file of manifest.files) {
		const footer = footers.get(file.path);
		if (!footer) throw new Error(`the manifest has no footer for ${file.path}`);
		if (!relevant.every((filter) => partitionMayMatch(filter, file, types))) continue;
		const rowGroups = keptGroups(footer.metadata, relevant, types);
		if (rowGroups.length === 0) continue;
		const { metadata, etag } = footer;
		const ranges = rangesOf(metadata, file.bytes, rowGroups, wanted);
		objects.push({ path: file.path, size: file.bytes, etag, ranges, rowGroups, partition: file.partition });
	}
	const exact = exactColumns(manifest);
	return {
		columns: handed,
		schema: manifest.columns.map(({ name, type, zoned, nullable }) => ({
			name,
			type,
			zoned,
			nullable,
			exact: exact.has(name),
		})),
		rowCount: manifest.rows,
		objects,
	};
}

/** Bytes that a plan reads at most, and in how many ranges. */
export function planCost(objects: readonly PlannedObject[]): { bytes: number; ranges: number } {
	const all = objects.flatMap((object) => object.ranges);
	return { bytes: all.reduce((sum, [start, end]) => sum + end - start, 0), ranges: all.length };
}

/** Columns of this dataset among those asked for, in its order; all of them are null. */
function narrow(columns: readonly string[] | null, manifest: ManifestForPlan): string[] | null {
	if (columns === null) return null;
	const asked = new Set(columns);
	const handed = manifest.columns.map((column) => column.name).filter((name) => asked.has(name));
	return handed.length === manifest.columns.length ? null : handed;
}

function partitionMayMatch(filter: ResolvedFilter, file: File, types: Map<string, Column>): boolean {
	if (file.partition?.column !== filter.column) return true;
	const type = types.get(filter.column)!;
	const { value } = file.partition;
	const bound = value === null ? null : partitionBound(value, type);
	const span: Span = { min: bound, max: bound, nulls: value === null ? file.rows : 0, rows: file.rows };
	return mayMatch(filter, span, type.type, type.zoned);
}

/** The one value of a partition on the scale of statistics; null when it cannot be placed there. */
function partitionBound(value: string, column: Column): Span['min'] {
	if (column.type === 'string') return value;
	if (column.type === 'bool') return value === 'true' ? true : value === 'false' ? false : null;
	const number = column.type === 'date' ? dayNumber(value) : column.type === 'datetime' ? NaN : Number(value);
	return Number.isNaN(number) ? null : number;
}

function keptGroups(footer: CompactFooter, filters: readonly ResolvedFilter[], types: Map<string, Column>): number[] {
	const positions = new Map(footer.columns.map((name, i) => [name, i]));
	const kept: number[] = [];
	footer.groups.forEach((group, index) => {
		const matches = filters.every((filter) => {
			const position = positions.get(filter.column);
			if (position === undefined) return true;
			const [, , nulls, min, max] = group.chunks[position]!;
			const { type, zoned } = types.get(filter.column)!;
			return mayMatch(filter, { min, max, nulls, rows: group.rows }, type, zoned);
		});
		if (matches) kept.push(index);
	});
	return kept;
}

/** Magic, footer, and the wanted chunks of the kept groups; touching ranges become one. */
function rangesOf(
	footer: CompactFooter,
	size: number,
	rowGroups: readonly number[],
	wanted: ReadonlySet<string> | null,
): ByteRange[] {
	const ranges: ByteRange[] = [
		[0, 4],
		[size - footer.tailBytes, size],
	];
	for (const index of rowGroups) {
		footer.groups[index]!.chunks.forEach(([start, length], i) => {
			if (!wanted || wanted.has(footer.columns[i]!)) ranges.push([start, start + length]);
		});
	}
	return merge(ranges);
}

function merge(ranges: ByteRange[]): ByteRange[] {
	const merged: ByteRange[] = [];
	for (const [start, end] of ranges.sort((a, b) => a[0] - b[0])) {
		const last = merged.at(-1);
		if (last && start <= last[1]) last[1] = Math.max(last[1], end);
		else merged.push([start, end]);
	}
	return merged;
}

/** Integer columns with values that a float cannot hold; columns without bounds count as such when they hold any value. */
function exactColumns(manifest: ManifestForPlan): Set<string> {
	const integers = new Set(manifest.columns.filter((c) => c.type === 'int64').map((c) => c.name));
	const exact = new Set<string>();
	for (const { metadata } of manifest.footers) {
		for (const group of metadata.groups) {
			group.chunks.forEach(([, , nulls, min, max], i) => {
				const name = metadata.columns[i]!;
				const unknown = (min === null || max === null) && nulls !== group.rows;
				const beyond = typeof min === 'string' || typeof max === 'string';
				if (integers.has(name) && (unknown || beyond)) exact.add(name);
			});
		}
	}
	return exact;
}
