// Whose a thing is, in words: names beside identifiers. Knows no kind of thing.
import type { Person } from '$lib/contracts/common';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import * as users from './repository';

/** Names by id, empty for who is gone. The actor's is known; one round trip for those of others, if there are any. */
export async function peopleOf({ dynamo }: Pick<Deps, 'dynamo'>, { user }: Actor, userIds: readonly string[]) {
	const others = await users.findMany(
		dynamo,
		userIds.filter((id) => id !== user.userId),
	);
	return (userId: string): Person => (userId === user.userId ? user : (others.get(userId) ?? { userId, name: '' }));
}
