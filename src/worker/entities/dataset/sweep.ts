// The daily sweep of storage: what a crash may have left that nothing points at, a day old, so that nothing under way is touched,
// and versions that their dataset stopped showing long ago.
import type { Deps } from '../../deps';
import * as datasetVersions from '../dataset-version/repository';
import * as uploads from '../upload/repository';
import * as repository from './repository';

type SweepDeps = Pick<Deps, 'dynamo' | 'objects' | 'now'>;

const DAY_SECONDS = 24 * 60 * 60;
/** For which a version stays readable once another one took its place. */
const RETENTION_SECONDS = 7 * DAY_SECONDS;
const UPLOAD_KEY = /^uploads\/[^/]+\/(up_[0-9a-z]+)$/;
const VERSION_KEY = /^datasets\/(ds_[0-9a-z]+)\/versions\/(ver_[0-9a-z]+)\//;

/** Removes uploads nobody came back for, versions that no item names, and those replaced long ago. Says how many objects of each. */
export async function sweep(deps: SweepDeps): Promise<{ uploads: number; orphans: number; replaced: number }> {
	const swept = await sweepUploads(deps, deps.now() - DAY_SECONDS);
	const stored = await listVersions(deps);
	const times = await datasetVersions.findTimes(deps.dynamo, stored);
	const orphans = stored.filter(({ versionId, newest }) => !times.has(versionId) && newest < deps.now() - DAY_SECONDS);
	const replaced = await findReplaced(deps, stored, times);
	// Without its item a version is an orphan: what a crash leaves here goes the next time.
	for (const version of replaced) await datasetVersions.remove(deps.dynamo, version);
	return {
		uploads: swept,
		orphans: await removeObjects(deps, orphans),
		replaced: await removeObjects(deps, replaced),
	};
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

interface StoredVersion extends datasetVersions.VersionKey {
	prefix: string;
	/** When the youngest of its objects was stored, in UNIX seconds. */
	newest: number;
}

async function listVersions({ objects }: SweepDeps): Promise<StoredVersion[]> {
	const versions = new Map<string, StoredVersion>();
	for await (const { key, modifiedAt } of objects.list('datasets/')) {
		const [prefix, datasetId, versionId] = VERSION_KEY.exec(key) ?? [];
		if (!prefix) continue;
		const newest = Math.max(modifiedAt, versions.get(prefix)?.newest ?? 0);
		versions.set(prefix, { prefix, datasetId: datasetId!, versionId: versionId!, newest });
	}
	return [...versions.values()];
}

/** Versions that their dataset showed once, and in whose place it showed another one so long ago that nobody reads them any more. */
async function findReplaced(
	{ dynamo, now }: SweepDeps,
	stored: readonly StoredVersion[],
	times: ReadonlyMap<string, number>,
): Promise<StoredVersion[]> {
	const shown = stored
		.filter(({ versionId }) => times.has(versionId))
		.toSorted((a, b) => times.get(a.versionId)! - times.get(b.versionId)!);
	const byDataset = Map.groupBy(shown, ({ datasetId }) => datasetId);
	const current = await repository.findCurrent(dynamo, [...byDataset.keys()]);
	return [...byDataset.values()].flatMap((versions) =>
		versions.filter(({ versionId }, at) => {
			const next = versions[at + 1];
			const isOld = next !== undefined && times.get(next.versionId)! < now() - RETENTION_SECONDS;
			return isOld && !current.has(versionId);
		}),
	);
}

async function removeObjects({ objects }: SweepDeps, versions: readonly StoredVersion[]): Promise<number> {
	let removed = 0;
	for (const { prefix } of versions) removed += await objects.removeAll(prefix);
	return removed;
}
