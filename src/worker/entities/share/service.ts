// Shares: the owners of a dashboard say who else may see or change it, and until when.
import type { z } from 'zod';
import type { Share, shareCreate, shareListInput, shareRef, shareUpdate } from '$lib/contracts/share';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { AppError, invalid, notFound } from '../../errors';
import { isId } from '../../ids';
import { ConditionFailed } from '../../infra/dynamo/port';
import { newestFirst } from '../../lists';
import type { DashboardItem } from '../dashboard/repository';
import * as users from '../user/repository';
import * as repository from './repository';
import { endedGrants, MAX_SHARES, principalOf, problemOfExpiry, shareIdOf, type Target } from './rules';

type ShareDeps = Pick<Deps, 'access' | 'dynamo' | 'now'>;

/** Ended grants that one write drops: their names have to fit an expression of 4 KB. */
const DROPPED_AT_ONCE = 50;

/** The shares of a dashboard that have not ended, newest first. */
export async function list(
	deps: ShareDeps,
	actor: Actor,
	{ dashboardId }: z.infer<typeof shareListInput>,
): Promise<Share[]> {
	const { item: dashboard } = await deps.access.require(actor, 'dashboard.share', dashboardId);
	const now = deps.now();
	const items = (await repository.listByDashboard(deps.dynamo, dashboardId)).filter(
		(item) => dashboard.grants[principalOf(item)] && (item.expiresAt === null || item.expiresAt > now),
	);
	const people = await users.findMany(
		deps.dynamo,
		items.filter(isToUser).map(({ sharedToId }) => sharedToId),
	);
	return newestFirst(items, ({ shareId }) => shareId).map((item) =>
		repository.toContract(item, people.get(item.sharedToId)),
	);
}

/**
 * Shares a dashboard. It holds at once in this location, everywhere within the access TTL.
 * @throws AppError VALIDATION_ERROR for a target that is not there · ALREADY_EXISTS when they have a share
 */
export async function create(deps: ShareDeps, actor: Actor, input: z.infer<typeof shareCreate>): Promise<Share> {
	const { dashboardId, permission } = input;
	const { item: dashboard } = await deps.access.require(actor, 'dashboard.share', dashboardId);
	const now = deps.now();
	const expiresAt = readExpiry(input.expiresAt ?? null, now);
	const target = await findTarget(deps, input);
	if (!target) throw invalid({ sharedToId: input.sharedToType === 'user' ? 'is nobody' : 'is not a group' });
	const exists = () => new AppError('ALREADY_EXISTS', { userMessage: 'This is shared to them already.' });
	if (isToUser(input) && input.sharedToId === dashboard.ownerId) throw exists();
	await makeRoom(deps, dashboard, now);

	const { sharedToType, sharedToId } = input;
	const shareId = await shareIdOf(dashboardId, input);
	const item = {
		shareId,
		dashboardId,
		sharedToType,
		sharedToId,
		permission,
		expiresAt,
		sharedBy: actor.user.userId,
		createdAt: now,
	};
	try {
		await repository.create(deps.dynamo, item);
	} catch (error) {
		throw error instanceof ConditionFailed ? exists() : error;
	}
	await deps.access.wrote('dashboard', dashboardId);
	return repository.toContract(item, target);
}

/** Changes what a share permits, or until when. @throws AppError NOT_FOUND also for a share of another dashboard */
export async function update(deps: ShareDeps, actor: Actor, input: z.infer<typeof shareUpdate>): Promise<Share> {
	await deps.access.require(actor, 'dashboard.share', input.dashboardId);
	const before = await find(deps, input);
	const expiresAt = input.expiresAt === undefined ? before.expiresAt : readExpiry(input.expiresAt, deps.now());
	const item = { ...before, permission: input.permission ?? before.permission, expiresAt };
	await orAbsent(repository.replace(deps.dynamo, item), input.shareId);
	await deps.access.wrote('dashboard', input.dashboardId);
	return repository.toContract(item, await findTarget(deps, item));
}

/** Ends a share. @throws AppError NOT_FOUND also for a share of another dashboard */
export async function remove(deps: ShareDeps, actor: Actor, input: z.infer<typeof shareRef>): Promise<void> {
	await deps.access.require(actor, 'dashboard.share', input.dashboardId);
	await orAbsent(repository.remove(deps.dynamo, await find(deps, input)), input.shareId);
	await deps.access.wrote('dashboard', input.dashboardId);
}

/** Only shares that go on count; those that have ended are dropped once there are many. */
async function makeRoom(deps: ShareDeps, { dashboardId, grants }: DashboardItem, now: number): Promise<void> {
	const count = Object.keys(grants).length;
	if (count < MAX_SHARES) return;
	const ended = endedGrants(grants, now);
	if (count - ended.length >= MAX_SHARES)
		throw invalid({ sharedToId: `would be share ${MAX_SHARES + 1}; ${MAX_SHARES} are possible` });
	try {
		const principals = ended.slice(0, DROPPED_AT_ONCE);
		await repository.dropGrants(deps.dynamo, dashboardId, { principals, now });
	} catch (error) {
		// One of them was shared to again, or somebody else was quicker: the next try sees it.
		throw error instanceof ConditionFailed ? new AppError('BUSY', { retryAfter: 1, cause: error }) : error;
	}
}

async function find(
	deps: ShareDeps,
	{ dashboardId, shareId }: z.infer<typeof shareRef>,
): Promise<repository.ShareItem> {
	const item = isId('share', shareId) ? await repository.find(deps.dynamo, shareId) : null;
	if (item?.dashboardId !== dashboardId) throw notFound(`${shareId} is no share of ${dashboardId}`);
	return item;
}

async function orAbsent(write: Promise<void>, shareId: string): Promise<void> {
	try {
		await write;
	} catch (error) {
		throw error instanceof ConditionFailed ? notFound(`${shareId} is gone`) : error;
	}
}

/** Who a share is to, as people know them; undefined when there is nobody of that identifier. */
async function findTarget(
	deps: ShareDeps,
	{ sharedToType, sharedToId }: Target,
): Promise<{ name: string; email: string | null } | undefined> {
	if (sharedToType === 'user') {
		return isId('user', sharedToId) ? (await users.findMany(deps.dynamo, [sharedToId])).get(sharedToId) : undefined;
	}
	const group = isId('group', sharedToId)
		? await deps.dynamo.get({ table: 'groups', key: { groupId: sharedToId } })
		: null;
	return group ? { name: String(group['name']), email: null } : undefined;
}

function isToUser({ sharedToType }: Target): boolean {
	return sharedToType === 'user';
}

/** UNIX seconds of an ISO time, null for always. @throws AppError VALIDATION_ERROR */
function readExpiry(expiresAt: string | null, now: number): number | null {
	const seconds = expiresAt === null ? null : Date.parse(expiresAt) / 1000;
	const problem = problemOfExpiry(seconds, now);
	if (problem) throw invalid({ expiresAt: problem });
	return seconds;
}
