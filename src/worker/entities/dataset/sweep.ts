// The daily sweep of storage: what a crash may have left that nothing points at. A day old, so that nothing under way is touched.
import type { Deps } from '../../deps';
import * as datasetVersions from '../dataset-version/repository';
import * as uploads from '../upload/repository';

type SweepDeps = Pick<Deps, 'dynamo' | 'objects' | 'now'>;

const DAY_SECONDS = 24 * 60 * 60;
const UPLOAD_KEY = /^uploads\/[^/]+\/(up_[0-9a-z]+)$/;
const VERSION_KEY = /^datasets\/(ds_[0-9a-z]+)\/versions\/(ver_[0-9a-z]+)\//;

/** Removes uploads nobody came back for, and versions that no item names. Says how many objects of each. */
export async function sweep(deps: SweepDeps): Promise<{ uploads: number; orphans: number }> {
	const before = deps.now() - DAY_SECONDS;
	return { uploads: await sweepUploads(deps, before), orphans: await sweepVersions(deps, before) };
}

/** An import that took an upload late needs it longer than a day: its item says until when. */
async function sweepUploads({ dynamo, objects, now }: SweepDeps, before: number): Promise<number> {
	const old: { key: string; uploadId: string }[] = [];
	for await (const { key, modifiedAt } of objects.list('uploads/')) {
		if (modifiedAt < before) old.push({ key, uploadId: UPLOAD_KEY.exec(key)?.[1] ?? '' });
	}
	const ids = old.flatMap(({ uploadId }) => (uploadId ? [uploadId] : []));
	const live = await uploads.findLive(dynamo, ids, now());
	const over = old.filter(({ uploadId }) => !live.has(uploadId));
	for (const { key } of over) await objects.remove(key);
	return over.length;
}

/** A version is judged once all its objects were listed: the youngest of them says how old it is. */
async function sweepVersions(deps: SweepDeps, before: number): Promise<number> {
	const versions = new Map<string, { datasetId: string; versionId: string; newest: number }>();
	for await (const { key, modifiedAt } of deps.objects.list('datasets/')) {
		const [prefix, datasetId, versionId] = VERSION_KEY.exec(key) ?? [];
		if (!prefix) continue;
		const newest = Math.max(modifiedAt, versions.get(prefix)?.newest ?? 0);
		versions.set(prefix, { datasetId: datasetId!, versionId: versionId!, newest });
	}
	const old = [...versions].filter(([, { newest }]) => newest < before);
	const existing = await datasetVersions.existing(
		deps.dynamo,
		old.map(([, { datasetId, versionId }]) => ({ datasetId, versionId })),
	);
	let removed = 0;
	for (const [prefix, { versionId }] of old) {
		if (!existing.has(versionId)) removed += await deps.objects.removeAll(prefix);
	}
	return removed;
}
