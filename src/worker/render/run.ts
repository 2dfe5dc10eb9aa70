// One run of a card's code on planned data. Knows the executor and where versions lie; no cards, no caches of results.
import type { Json } from '$lib/contracts/common';
import type { ResolvedFilter } from '$lib/contracts/filter';
import { mergeParams } from '$lib/domain/params';
import type { Deps } from '../deps';
import { AppError } from '../errors';
import type { RenderCall, RenderResult } from '../infra/executor/protocol';
import { mentionedColumns } from './columns';
import { readManifest, versionPrefix } from './manifest';
import { plan, type ManifestForPlan } from './plan';
import type { TaskDataset } from './task';

export interface Run {
	/** Who wrote it, for fairness between authors. */
	author: string;
	code: string;
	/** Names the code for remembering that it needs all columns. */
	codeHash: string;
	/** As stored; the code is given them over the defaults that it declares. */
	params: Record<string, Json>;
	scripts: boolean;
	datasets: readonly TaskDataset[];
	filters: readonly ResolvedFilter[];
}
export type RunResult = Extract<RenderResult, { status: 'ok' }>;
export type RunDeps = Pick<Deps, 'cache' | 'executor' | 'objects' | 'settings' | 'shared'>;

/** Seconds that the executor may take to fetch what a plan names. */
const URL_SECONDS = 300;
const MAX_BUSY_TRIES = 3;
const MAX_LOST_TRIES = 2;
const FIRST_PAUSE_MS = 250;

/**
 * Runs code, first on the columns that it names; on all of them when that turns out not to be enough, which is remembered.
 * @throws AppError with the codes of cards, BUSY or UPSTREAM_UNAVAILABLE
 */
export async function run(deps: RunDeps, request: Run): Promise<RunResult> {
	const wide = `wide/${request.codeHash}`;
	const [manifests, known] = await Promise.all([
		Promise.all(request.datasets.map(({ datasetId, versionId }) => readManifest(deps, datasetId, versionId))),
		deps.shared.getMany([wide]),
	]);
	if (!known.has(wide)) {
		const result = await withRetries(async () => deps.executor.render(await callOf(deps, request, manifests, true)));
		if (result.status === 'ok') return result;
		await deps.shared.put(wide, true);
	}
	const result = await withRetries(async () => deps.executor.render(await callOf(deps, request, manifests, false)));
	if (result.status === 'ok') return result;
	throw new AppError('INTERNAL', { message: 'the executor asked for all columns and had them' });
}

async function callOf(deps: RunDeps, request: Run, manifests: ManifestForPlan[], narrow: boolean): Promise<RenderCall> {
	const datasets = await Promise.all(
		request.datasets.map(async ({ alias, datasetId, versionId, rows }, position) => {
			const manifest = manifests[position]!;
			const columns = narrow
				? mentionedColumns(
						request.code,
						manifest.columns.map(({ name }) => name),
					)
				: null;
			const planned = plan(manifest, { columns, filters: [...rows, ...request.filters] });
			const objects = planned.objects.map(async ({ path, ...object }) => {
				const key = versionPrefix(datasetId, versionId) + path;
				return { ...object, key, version: versionId, url: await deps.objects.presignGet(key, URL_SECONDS) };
			});
			return {
				name: alias,
				columns: planned.columns,
				schema: planned.schema,
				rowCount: planned.rowCount,
				rowFilters: rows,
				objects: await Promise.all(objects),
			};
		}),
	);
	const { author, code, scripts } = request;
	const params = mergeParams(code, request.params);
	return { author, code, scripts, params, filters: [...request.filters], datasets, zone: deps.settings.ZONE };
}

/** Tries again what failed for want of a slot, a few times, and once what was interrupted or could not read its data. */
async function withRetries<T>(attempt: () => Promise<T>): Promise<T> {
	for (let tries = 1; ; tries += 1) {
		try {
			return await attempt();
		} catch (error) {
			const code = error instanceof AppError ? error.code : 'INTERNAL';
			const most = code === 'BUSY' ? MAX_BUSY_TRIES : code === 'UPSTREAM_UNAVAILABLE' ? MAX_LOST_TRIES : 1;
			if (tries >= most) throw error;
			// Spread, so that those who were refused together do not come back together.
			await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** tries * (0.5 + Math.random())));
		}
	}
}
