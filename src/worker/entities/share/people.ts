// People behind shares: whom a user or group stands for, with what decisions about their access need.
import * as z from 'zod';
import type { Asker } from '../../access/grants';
import { role } from '$lib/contracts/user';
import { itemParser } from '../../infra/dynamo/parse';
import type { Dynamo } from '../../infra/dynamo/port';
import * as groups from '../group/repository';
import * as users from '../user/repository';
import { targetOf } from './rules';

const member = z.object({ userId: z.string(), name: z.string(), role, groupIds: z.array(z.string()) });
/** Somebody who may be granted access, and their name. */
export type Grantee = Asker & z.infer<typeof member>;
const parse = itemParser('users', member);

/**
 * Everybody whom principals (`user:…`, `group:…`) reach, once, in the order of their names. Strongly consistent: a query for each
 * group and one round trip for a hundred people.
 */
export async function reachedBy(dynamo: Dynamo, principals: readonly string[]): Promise<Grantee[]> {
	const targets = principals.map(targetOf);
	const members = await Promise.all(
		targets.map(async ({ sharedToType, sharedToId }) =>
			sharedToType === 'user'
				? [sharedToId]
				: (await groups.listMembers(dynamo, sharedToId)).map(({ userId }) => userId),
		),
	);
	const userIds = [...new Set(members.flat())];
	if (userIds.length === 0) return [];
	const raws = await dynamo.batchGet(userIds.map(users.keyOf), { users: ['name', 'role', 'groupIds'] });
	return raws
		.flatMap((raw) => (raw ? [parse(raw)] : []))
		.sort((a, b) => a.name.localeCompare(b.name) || (a.userId < b.userId ? -1 : 1));
}
