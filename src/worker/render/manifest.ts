// The manifest of a dataset's version: what its files are and where in them everything lies. A version never changes.
import type { Deps } from '../deps';
import { AppError } from '../errors';
import type { ParquetSource } from '../infra/parquet/file';
import type { ObjectStore } from '../infra/s3/port';
import type { ManifestForPlan } from './plan';

const LIFETIME = 30 * 24 * 3600;

/** Where the objects of a version are; its files' paths go on from here. */
export function versionPrefix(datasetId: string, versionId: string): string {
	return `datasets/${datasetId}/versions/${versionId}/`;
}

/** The manifest, from this location's cache or the store. @throws AppError UPSTREAM_UNAVAILABLE when the version is gone */
export async function readManifest(
	deps: Pick<Deps, 'cache' | 'objects'>,
	datasetId: string,
	versionId: string,
): Promise<ManifestForPlan> {
	const name = `manifest/${versionId}`;
	const here = await deps.cache.get(name);
	if (here) return here as ManifestForPlan;
	const bytes = await deps.objects.get(`${versionPrefix(datasetId, versionId)}manifest.json`);
	if (!bytes) throw new AppError('UPSTREAM_UNAVAILABLE', { message: `${datasetId} ${versionId} has no manifest` });
	const manifest = JSON.parse(new TextDecoder().decode(bytes)) as ManifestForPlan;
	await deps.cache.put(name, manifest, LIFETIME);
	return manifest;
}

/** The files of a version, in order, for reading ranges of them here. */
export function sourcesOf(
	objects: ObjectStore,
	manifest: ManifestForPlan,
	{ datasetId, versionId }: { datasetId: string; versionId: string },
): ParquetSource[] {
	const tails = new Map(manifest.footers.map(({ path, metadata }) => [path, metadata.tailBytes]));
	return manifest.files.map(({ path, bytes }) => {
		const key = versionPrefix(datasetId, versionId) + path;
		return { bytes, tailBytes: tails.get(path)!, read: (start, end) => objects.range(key, start, end) };
	});
}
