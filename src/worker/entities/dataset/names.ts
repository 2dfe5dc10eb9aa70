// What datasets are called now, for whoever may know of them: cards and transforms keep identifiers and aliases alone.
import type { Actor } from '../../access/access';
import { roleOn } from '../../access/policy';
import type { Deps } from '../../deps';
import { findHeads } from './summary';

/** Present names by id; those that are absent or nothing of the actor's to know are left out. One round trip. */
export async function namesOf(
	{ dynamo, now }: Pick<Deps, 'dynamo' | 'now'>,
	{ user }: Actor,
	datasetIds: readonly string[],
): Promise<Map<string, string>> {
	const heads = [...(await findHeads(dynamo, datasetIds)).values()];
	const visible = heads.filter((head) => roleOn(user, 'dataset', head, now()) !== null);
	return new Map(visible.map(({ datasetId, name }) => [datasetId, name]));
}
