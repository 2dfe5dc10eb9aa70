// A dashboard changes hands. It has one person whose it is at any time, so that its last owner cannot be removed.
import type { z } from 'zod';
import type { ownerTransfer } from '$lib/contracts/share';
import type { Actor } from '../../access/access';
import { invalid } from '../../errors';
import { isId } from '../../ids';
import { againWhileChanged } from '../../infra/dynamo/again';
import * as users from '../user/repository';
import * as repository from './repository';
import { principalOf } from './rules';
import { makeRoom, type ShareDeps } from './service';

/** @throws AppError VALIDATION_ERROR for somebody who is not there, may not log in, or owns it already */
export async function transferOwnership(
	deps: ShareDeps,
	actor: Actor,
	{ dashboardId, userId }: z.infer<typeof ownerTransfer>,
): Promise<void> {
	const attempt = async (): Promise<string> => {
		const { item } = await deps.access.require(actor, 'dashboard.transfer', dashboardId);
		if (userId === item.ownerId) throw invalid({ userId: 'owns it already' });
		const next = isId('user', userId) ? (await users.findMany(deps.dynamo, [userId])).get(userId) : undefined;
		if (!next) throw invalid({ userId: 'is nobody' });
		if (next.disabledAt !== undefined) throw invalid({ userId: 'may not log in' });
		const now = deps.now();
		const frees = item.grants[principalOf({ sharedToType: 'user', sharedToId: userId })] !== undefined;
		if (!frees) await makeRoom(deps, { kind: 'dashboard', id: dashboardId }, { grants: item.grants, field: 'userId' });
		const change = { from: item.ownerId, to: userId, by: actor.user.userId, now };
		await repository.transfer(deps.dynamo, dashboardId, change);
		return item.ownerId;
	};
	const forget = () => deps.access.wrote('dashboard', dashboardId);
	const from = await againWhileChanged(forget, attempt);
	await forget();
	const on = { type: 'dashboard', id: dashboardId } as const;
	await deps.audit.record({ action: 'DASHBOARD_TRANSFERRED', by: actor, on, details: { before: from, after: userId } });
}
