// What the executor is asked for when a transform runs: its code, and its inputs as its owner may see them.
import { mergeParams } from '$lib/domain/params';
import type { Json } from '$lib/contracts/common';
import type { Deps } from '../../deps';
import { AppError } from '../../errors';
import type { TransformCall } from '../../infra/executor/protocol';
import { readManifest } from '../../render/manifest';
import type { ManifestForPlan } from '../../render/plan';
import { requestOf } from '../../render/request';
import type { AttachedDataset } from '../dataset/rules';
import { rowFiltersOf } from '../row-policy/rules';
import type { Inputs } from './inputs';

export type PrepareDeps = Pick<Deps, 'cache' | 'objects' | 'settings'>;

export interface Program {
	code: string;
	params: Record<string, Json>;
	inputs: readonly AttachedDataset[];
}

/** Why a run cannot begin, in a word for programs and a sentence for its owner. */
export function refuseRun(runCode: string, userMessage: string): AppError {
	return new AppError('VALIDATION_ERROR', { userMessage, details: { runCode } });
}

/** Rows that are looked at to find the first ones that a row policy leaves. */
const SEARCHED_ROWS = 1_000_000;

/**
 * @param seconds for which the data may be fetched
 * @param firstRows of each input; all when left out. What a row policy withholds is looked for in more of them
 * @throws AppError VALIDATION_ERROR with `details.runCode` for an input that its owner may not or cannot read
 */
export async function callOf(
	deps: PrepareDeps,
	{ code, params, inputs: attached }: Program,
	inputs: Inputs,
	{ seconds, firstRows }: { seconds: number; firstRows?: number },
): Promise<TransformCall> {
	const requests = attached.map(async ({ datasetId, alias }) => {
		const { versionId, rows } = readable(inputs, { datasetId, alias });
		const whole = await readManifest(deps, datasetId, versionId);
		const manifest = firstRows ? headOf(whole, rows.length > 0 ? SEARCHED_ROWS : firstRows) : whole;
		return requestOf(deps, { alias, datasetId, versionId, rows }, manifest, { columns: null, filters: [], seconds });
	});
	return {
		author: inputs.owner.userId,
		code,
		params: mergeParams(code, params),
		inputs: await Promise.all(requests),
		zone: deps.settings.ZONE,
	};
}

/** The version of an input and which of its rows the owner may see. */
function readable({ owner, datasets, isUsable }: Inputs, { datasetId, alias }: AttachedDataset) {
	const dataset = datasets.get(datasetId);
	if (!dataset) throw refuseRun('input_gone', `The input “${alias}” is not there any more.`);
	if (!isUsable(datasetId))
		throw refuseRun('input_not_shared', `The input “${alias}” is not shared with you any more.`);
	if (!dataset.versionId) throw refuseRun('input_empty', `The input “${alias}” has no data yet.`);
	const rows = rowFiltersOf(dataset, owner);
	if (!rows)
		throw refuseRun(
			'input_hidden',
			`The input “${alias}” shows you no rows: a row policy names a column that is gone.`,
		);
	return { versionId: dataset.versionId, rows };
}

/** A version cut after the row group with which it has so many rows. */
export function headOf(manifest: ManifestForPlan, rows: number): ManifestForPlan {
	const footers = new Map(manifest.footers.map((footer) => [footer.path, footer]));
	const head: { files: ManifestForPlan['files'][number][]; footers: ManifestForPlan['footers'][number][] } = {
		files: [],
		footers: [],
	};
	let had = 0;
	for (const file of manifest.files) {
		const footer = footers.get(file.path);
		if (had >= rows || !footer) break;
		const groups = footer.metadata.groups.filter(({ rows: inGroup }) => {
			const isWanted = had < rows;
			if (isWanted) had += inGroup;
			return isWanted;
		});
		head.files.push(file);
		head.footers.push({ ...footer, metadata: { ...footer.metadata, groups } });
	}
	return { ...manifest, ...head };
}
