// One run of a card's code on planned data. Knows the executor and where versions lie; no cards, no caches of results.
import type { Json } from '$lib/contracts/common';
import type { ResolvedFilter } from '$lib/contracts/filter';
import { canonicalJson, sha256Hex } from '$lib/domain/canonical';
import { mergeParams } from '$lib/domain/params';
import type { Deps } from '../deps';
import { AppError } from '../errors';
import type { RenderCall, RenderResult } from '../infra/executor/protocol';
import { mentionedColumns } from './columns';
import { readManifest } from './manifest';
import type { ManifestForPlan } from './plan';
import { requestOf } from './request';
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
	const wide = await wideKey(request);
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

/**
 * Where it is remembered that code needs all columns. Apart for each choice of rows: what code met in rows that somebody may not
 * see shows in no run of theirs, not even in its time.
 */
async function wideKey({ codeHash, datasets }: Run): Promise<string> {
	return `wide/${await sha256Hex(canonicalJson([codeHash, ...datasets.map(({ rows }) => rows)]))}`;
}

async function callOf(deps: RunDeps, request: Run, manifests: ManifestForPlan[], narrow: boolean): Promise<RenderCall> {
	const datasets = await Promise.all(
		request.datasets.map((dataset, position) => {
			const manifest = manifests[position]!;
			const names = manifest.columns.map(({ name }) => name);
			const columns = narrow ? mentionedColumns(request.code, names) : null;
			return requestOf(deps, dataset, manifest, { columns, filters: request.filters, seconds: URL_SECONDS });
		}),
	);
	const { author, code, scripts } = request;
	const params = mergeParams(code, request.params);
	return { author, code, scripts, params, filters: [...request.filters], datasets, zone: deps.settings.ZONE };
}

/** Tries again what failed for want of a slot, a few times, and once what was interrupted or could not read its data. */
export async function withRetries<T>(attempt: () => Promise<T>): Promise<T> {
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
