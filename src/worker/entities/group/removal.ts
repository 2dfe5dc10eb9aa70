// What remains to be done once a group is marked as deleted: its members leave it, its shares end, its item goes. In small steps,
// each of which may be done twice, so that whoever finds a half-done removal finishes it.
import type { Deps } from '../../deps';
import { ConditionFailed } from '../../infra/dynamo/port';
import * as shares from '../share/repository';
import { wrote } from '../share/service';
import * as users from '../user/repository';
import * as repository from './repository';

type RemovalDeps = Pick<Deps, 'access' | 'dynamo'>;

/** Members that leave at the same time. */
const AT_ONCE = 10;
/** Rounds over those whose groups were changed while they left. */
const MAX_ROUNDS = 8;

/** Finishes the removals that a crash left half-done. For the clock's tick. */
export async function finishRemovals(deps: RemovalDeps): Promise<void> {
	for (const groupId of await repository.findDeleted(deps.dynamo)) await removeDeleted(deps, groupId);
}

/** Removes what hangs on a group that is marked as deleted, and then the group. */
export async function removeDeleted(deps: RemovalDeps, groupId: string): Promise<void> {
	// First of all: through the ids on their items its members still have what was shared to it.
	for (let round = 1; (await letGo(deps, groupId)) > 0; round += 1) {
		if (round === MAX_ROUNDS) throw new Error(`${groupId}: its members change as fast as they leave`);
	}
	for (const share of await shares.listByTarget(deps.dynamo, groupId)) {
		await unlessGone(shares.remove(deps.dynamo, share));
		await wrote(deps, share.of);
	}
	await unlessGone(repository.drop(deps.dynamo, groupId));
}

/** Has everybody leave. Says how many have to be asked again, because their groups were changed at the same time. */
async function letGo(deps: RemovalDeps, groupId: string): Promise<number> {
	const rows = await repository.listMembers(deps.dynamo, groupId);
	let missed = 0;
	for (let start = 0; start < rows.length; start += AT_ONCE) {
		const leaving = rows.slice(start, start + AT_ONCE);
		const raws = await deps.dynamo.batchGet(leaving.map(({ userId }) => users.keyOf(userId)));
		await Promise.all(
			leaving.map(async ({ userId }, position) => {
				const { groupIds } = users.parse(raws[position]!);
				const leave = repository.removeMember(deps.dynamo, { groupId, userId, groupIds, counted: false });
				if (!(await unlessGone(leave))) missed += 1;
				await deps.access.wrote('user', userId);
			}),
		);
	}
	return missed;
}

/** False when somebody was quicker. */
async function unlessGone(write: Promise<void>): Promise<boolean> {
	try {
		await write;
		return true;
	} catch (error) {
		if (!(error instanceof ConditionFailed)) throw error;
		return false;
	}
}
