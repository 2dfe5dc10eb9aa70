// Who uses a dataset, in words.
import type { Usage } from '$lib/contracts/dataset';
import type { Deps } from '../../deps';
import type { KeyOf } from '../../infra/dynamo/port';
import * as repository from './repository';

type UsageDeps = Pick<Deps, 'dynamo'>;

const KINDS = {
	card: { kind: 'card', table: 'cards', key: 'cardId' },
	tf: { kind: 'transform', table: 'transforms', key: 'transformId' },
} as const;

/** The cards and transforms that use a dataset, with their names. Two round trips. */
export async function describeUsers({ dynamo }: UsageDeps, datasetId: string): Promise<Usage[]> {
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
		{ cards: ['name'], transforms: ['name'] },
	);
	return users.flatMap(({ id, kind }, position) => {
		const item = items[position];
		return item ? [{ id, kind, name: String(item['name']) }] : [];
	});
}
