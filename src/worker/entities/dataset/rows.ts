// What is in a dataset, for whoever may see it: rows and values, as far as row policies leave them theirs.
import type { z } from 'zod';
import type { ColumnValues, Preview, previewInput } from '$lib/contracts/dataset';
import type { Actor } from '../../access/access';
import { rowFiltersOf } from '../row-policy/rules';
import { notFound } from '../../errors';
import { countValues } from '../../infra/parquet/distinct';
import type { ParquetSource } from '../../infra/parquet/file';
import { keptRows } from '../../infra/parquet/kept-rows';
import { countKept, readFirstRows } from '../../infra/parquet/rows';
import { readManifest, sourcesOf } from '../../render/manifest';
import { MAX_VALUES } from '../../render/options';
import type * as repository from './repository';
import { existing, type DatasetDeps } from './service';

/** Its first rows that the actor may see, in file order; none while it has no version. */
export async function preview(
	deps: DatasetDeps,
	actor: Actor,
	{ datasetId, limit }: z.infer<typeof previewInput>,
): Promise<Preview> {
	const { item } = await existing(deps, actor, 'dataset.view', datasetId);
	const { files, keep } = await readable(deps, actor, item);
	const rows = await readFirstRows(files, item.schema, { limit, keep });
	const totalRows = keep ? await countKept(files, keep) : files.length > 0 ? item.rowCount : 0;
	return { columns: item.schema.map(({ name }) => name), rows, totalRows, previewRows: rows.length };
}

/** The distinct values of a column in the rows that the actor may see. @throws AppError NOT_FOUND for a column that it does not have */
export async function values(
	deps: DatasetDeps,
	actor: Actor,
	{ datasetId, column: name }: { datasetId: string; column: string },
): Promise<ColumnValues> {
	const { item } = await existing(deps, actor, 'dataset.view', datasetId);
	const column = item.schema.find((one) => one.name === name);
	if (!column) throw notFound(`${datasetId} has no such column`);
	const { files, keep } = await readable(deps, actor, item);
	return { column: name, ...(await countValues(files, column, { limit: MAX_VALUES, keep })) };
}

/** Its files and which of their rows the actor may see; no file when they may see none. */
async function readable(deps: DatasetDeps, actor: Actor, item: repository.DatasetItem) {
	const rows = rowFiltersOf(item, actor.user);
	if (!rows) return { files: [], keep: undefined };
	return { files: await filesOf(deps, item), keep: rows.length > 0 ? keptRows(rows, item.schema) : undefined };
}

/** Its files, in order; none while it has no version. */
async function filesOf(deps: DatasetDeps, { datasetId, versionId }: repository.DatasetItem): Promise<ParquetSource[]> {
	if (!versionId) return [];
	return sourcesOf(deps.objects, await readManifest(deps, datasetId, versionId), { datasetId, versionId });
}
