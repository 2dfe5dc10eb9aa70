// Who uses a dataset: in words, and to be told when it changes.
import type { Usage } from '$lib/contracts/dataset';
import type { Deps } from '../../deps';
import type { KeyOf } from '../../infra/dynamo/port';
import * as repository from './repository';

type UsageDeps = Pick<Deps, 'dynamo'>;

const KINDS = {
	card: { kind: 'card', table: 'cards', key: 'cardId' },
	tf: { kind: 'transform', table: 'transforms', key: 'transformId' },
} as const;

/** The cards and transforms that use a dataset, with their names; those of one owner, if one is given. Two round trips. */
export async function describeUsers({ dynamo }: UsageDeps, datasetId: string, ownerId?: string): Promise<Usage[]> {
	const ids = await repository.usersOf(dynamo, datasetId);
	const users = ids.flatMap((id) => {
		const found = KINDS[id.split('_')[0] as keyof typeof KINDS];
		return found
			? [{ id, kind: found.kind, of: { table: found.table, key: { [found.key]: id } } satisfies KeyOf }]
			: [];
	});
	if (users.length === 0) return [];
	const items = await dynamo.batchGet(
		users.map(({ of }) => of),
		{ cards: ['name', 'ownerId'], transforms: ['name', 'ownerId', 'outputDatasetId'] },
	);
	return users.flatMap(({ id, kind }, position) => {
		const item = items[position];
		if (!item || (ownerId ?? item['ownerId']) !== item['ownerId']) return [];
		const makes = item['outputDatasetId'] === datasetId;
		return [{ id, kind, name: String(item['name']), ...(makes && { makes }) }];
	});
}

/** Ends what this location knows of a dataset and of the dashboards that show something of it. */
export async function forgetDataset(
	{ access, dynamo }: Pick<Deps, 'access' | 'dynamo'>,
	datasetId: string,
): Promise<void> {
	await access.wrote('dataset', datasetId);
	const cards = (await repository.usersOf(dynamo, datasetId)).filter((id) => id.startsWith('card_'));
	const shownOn = await Promise.all(cards.map((cardId) => repository.usersOf(dynamo, cardId)));
	await Promise.all([...new Set(shownOn.flat())].map((dashboardId) => access.wrote('dashboard', dashboardId)));
}
