// What category filters offer: the distinct values of their columns in a dashboard's data. Values of a version never change, so
// they are read once, cheaply or by ranges, and kept under a name of their own.
import type { FilterDefinition } from '$lib/contracts/filter';
import type { DashboardView } from '$lib/contracts/dashboard';
import type { Cell } from '$lib/contracts/dataset';
import { sha256Hex } from '$lib/domain/canonical';
import type { Asker } from '../access/policy';
import { rowFiltersOf, type RowFilter } from '../entities/row-policy/rules';
import type { Deps } from '../deps';
import type { DatasetSummary } from '../entities/dataset/summary';
import { countValues, sorted, type Distinct } from '../infra/parquet/distinct';
import { keptRows } from '../infra/parquet/kept-rows';
import { readManifest, sourcesOf as filesOf } from './manifest';

export type OptionsDeps = Pick<Deps, 'cache' | 'objects' | 'shared' | 'background' | 'log'>;
type FilterOptions = DashboardView['options'][string];

export const MAX_VALUES = 500;
/** Of one version: more than this is counted by the executor's engines, not here. */
const MAX_ROWS = 5_000_000;

/**
 * The choices of every category filter, by filter id. Fixed choices are offered as they are. Values that cannot be read now
 * are left out: a filter without choices is better than no dashboard.
 */
export async function optionsOf(
	deps: OptionsDeps,
	asker: Asker,
	{ filters, datasets }: { filters: readonly FilterDefinition[]; datasets: readonly DatasetSummary[] },
): Promise<Record<string, FilterOptions>> {
	const open = filters.filter(({ type }) => type === 'category');
	const columns = new Map<string, Source[]>();
	for (const { column, options } of open) if (!options) columns.set(column, sourcesOf(datasets, column, asker));
	const counted = await readAll(deps, [...columns.values()].flat());
	return Object.fromEntries(
		open.map(({ id, column, options }) => {
			if (options)
				return [id, { values: options.map((value) => ({ value, count: 0 })), nullCount: 0, truncated: false }];
			return [id, merged((columns.get(column) ?? []).flatMap((source) => counted.get(nameOf(source)) ?? []))];
		}),
	);
}

interface Source {
	datasetId: string;
	versionId: string;
	schema: DatasetSummary['schema'];
	column: DatasetSummary['schema'][number];
	/** What leaves the rows whose values are offered; empty for all rows. */
	rows: readonly RowFilter[];
}
const nameOf = ({ versionId, column, rows }: Source) => JSON.stringify([versionId, column.name, rows]);

function sourcesOf(datasets: readonly DatasetSummary[], name: string, asker: Asker): Source[] {
	return datasets.flatMap((dataset) => {
		const { datasetId, versionId, schema } = dataset;
		const column = schema.find((one) => one.name === name);
		const rows = rowFiltersOf(dataset, asker);
		return column && versionId && rows ? [{ datasetId, versionId, schema, column, rows }] : [];
	});
}

/** The values of all sources, by name: from the caches in one read, the rest from their files. */
async function readAll(deps: OptionsDeps, sources: readonly Source[]): Promise<Map<string, Distinct>> {
	const unique = [...new Map(sources.map((source) => [nameOf(source), source])).values()];
	const named = await Promise.all(unique.map(async (source) => ({ source, cacheName: await cacheNameOf(source) })));
	const found = await deps.shared.getMany(named.map(({ cacheName }) => cacheName));
	const results = await Promise.all(
		named.map(async ({ source, cacheName }): Promise<[string, Distinct | null]> => {
			const known = found.get(cacheName) as Distinct | undefined;
			return [nameOf(source), known ?? (await countNow(deps, source, cacheName))];
		}),
	);
	return new Map(results.flatMap(([name, values]) => (values ? [[name, values]] : [])));
}

async function countNow(deps: OptionsDeps, source: Source, cacheName: string): Promise<Distinct | null> {
	try {
		const values = await valuesOf(deps, source);
		deps.background(deps.shared.put(cacheName, values));
		return values;
	} catch (error) {
		deps.log.error({ event: 'filter-options', dataset: source.datasetId, error });
		return null;
	}
}

/** The distinct values of a column of a version; those of the partition column without reading a file. @throws AppError UPSTREAM_UNAVAILABLE */
export async function valuesOf(
	deps: Pick<Deps, 'cache' | 'objects'>,
	{ datasetId, versionId, schema, column, rows }: Source,
): Promise<Distinct> {
	const manifest = await readManifest(deps, datasetId, versionId);
	if (
		manifest.files.length > 0 &&
		manifest.files.every(({ partition }) => partition?.column === column.name) &&
		column.type === 'string' &&
		rows.length === 0
	) {
		return ofPartitions(manifest.files);
	}
	if (manifest.rows > MAX_ROWS) return { values: [], nullCount: 0, truncated: true };
	const files = filesOf(deps.objects, manifest, { datasetId, versionId });
	const keep = rows.length > 0 ? keptRows(rows, schema) : undefined;
	return countValues(files, column, { limit: MAX_VALUES, keep });
}

function ofPartitions(files: readonly { rows: number; partition: { value: string | null } | null }[]): Distinct {
	const counts = new Map<Cell, number>();
	let nullCount = 0;
	for (const { rows, partition } of files) {
		const value = partition?.value ?? null;
		if (value === null) nullCount += rows;
		else counts.set(value, (counts.get(value) ?? 0) + rows);
	}
	return sorted(counts, { nullCount, limit: MAX_VALUES, more: false });
}

/** What hashes were worked out, since the same few columns are asked for with every view. */
const hashed = new Map<string, Promise<string>>();
const MAX_HASHED = 1_000;

/** Of content: the values of a column in the rows that filters leave, whoever they are left to. */
async function cacheNameOf({ versionId, column, rows }: Source): Promise<string> {
	const content = JSON.stringify([column.name, rows]);
	let hash = hashed.get(content);
	if (!hash) {
		if (hashed.size >= MAX_HASHED) hashed.clear();
		hashed.set(content, (hash = sha256Hex(content)));
	}
	return `values/${versionId}/${(await hash).slice(0, 32)}`;
}

/** The union of what several datasets offer, as texts. */
function merged(all: readonly Distinct[]): FilterOptions {
	const counts = new Map<Cell, number>();
	for (const { values } of all)
		for (const { value, count } of values) counts.set(value, (counts.get(value) ?? 0) + count);
	const nullCount = all.reduce((sum, one) => sum + one.nullCount, 0);
	const { values, truncated } = sorted(counts, {
		nullCount,
		limit: MAX_VALUES,
		more: all.some((one) => one.truncated),
	});
	return { values: values.map(({ value, count }) => ({ value: String(value), count })), nullCount, truncated };
}
