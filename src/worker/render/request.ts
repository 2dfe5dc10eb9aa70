// A dataset of a plan as the executor is asked for it: what to read, and where.
import type { ResolvedFilter } from '$lib/contracts/filter';
import type { Deps } from '../deps';
import type { RenderCall } from '../infra/executor/protocol';
import { versionPrefix } from './manifest';
import { plan, type ManifestForPlan } from './plan';
import type { TaskDataset } from './task';

export interface Wanted {
	/** Null: all. */
	columns: readonly string[] | null;
	/** Beside those that leave the rows that the viewer may see. */
	filters: readonly ResolvedFilter[];
	/** For which its objects may be fetched. */
	seconds: number;
}

/** Plans a dataset of a run and signs the addresses of what is read. */
export async function requestOf(
	{ objects }: Pick<Deps, 'objects'>,
	{ alias, datasetId, versionId, rows }: TaskDataset,
	manifest: ManifestForPlan,
	{ columns, filters, seconds }: Wanted,
): Promise<RenderCall['datasets'][number]> {
	const planned = plan(manifest, { columns, filters: [...rows, ...filters] });
	const signed = planned.objects.map(async ({ path, ...object }) => {
		const key = versionPrefix(datasetId, versionId) + path;
		return { ...object, key, version: versionId, url: await objects.presignGet(key, seconds) };
	});
	return {
		name: alias,
		columns: planned.columns,
		schema: planned.schema,
		rowCount: planned.rowCount,
		rowFilters: rows,
		objects: await Promise.all(signed),
	};
}
