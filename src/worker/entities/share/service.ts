// Shares: the owners of a dashboard or a dataset say who else may see, use or change it, and until when.
import type { ShareChanges, SharedTo, ShareTarget } from '$lib/contracts/share';
import type { Actor } from '../../access/access';
import { isLive } from '../../access/grants';
import type { Deps } from '../../deps';
import { AppError, invalid, notFound } from '../../errors';
import { isId } from '../../ids';
import { againWhileChanged } from '../../infra/dynamo/again';
import { ConditionFailed } from '../../infra/dynamo/port';
import { newestFirst } from '../../lists';
import { toIso } from '../../time';
import { forgetDataset } from '../usage/service';
import * as groups from '../group/repository';
import * as users from '../user/repository';
import * as repository from './repository';
import {
	endedGrants,
	MAX_SHARES,
	principalOf,
	problemOfExpiry,
	shareIdOf,
	type Kind,
	type Resource,
	type StoredGrants,
	type Target,
} from './rules';

export type ShareDeps = Pick<Deps, 'access' | 'audit' | 'dynamo' | 'now'>;
/** A share as its owners see it, with the identifier of what it is of: `dashboardId` or `datasetId`. */
export type ShareOf<K extends Kind> = SharedTo & Record<`${K}Id`, string>;

/** Ended grants that one write drops: their names have to fit an expression of 4 KB. */
const DROPPED_AT_ONCE = 50;

/** The thing, for somebody who may share it. @throws AppError NOT_FOUND · FORBIDDEN */
export async function shared(deps: Pick<Deps, 'access'>, actor: Actor, { kind, id }: Resource) {
	return (await deps.access.require(actor, `${kind}.share` as const, id)).item;
}

/** The shares of a thing that have not ended, newest first. */
export async function list<K extends Kind>(deps: ShareDeps, actor: Actor, of: Resource<K>): Promise<ShareOf<K>[]> {
	const { grants } = await shared(deps, actor, of);
	const now = deps.now();
	const items = (await repository.listOf(deps.dynamo, of)).filter(
		(item) => grants[principalOf(item)] && isLive(item, now),
	);
	const names = await namesOf(deps, items);
	return newestFirst(items, ({ shareId }) => shareId).map((item) => toContract(of, item, names.get(item.sharedToId)));
}

/**
 * Shares a thing. It holds at once in this location, everywhere within the access TTL.
 * @throws AppError VALIDATION_ERROR for a target that is not there or not for the actor to see · ALREADY_EXISTS when they have
 * a share, or own the thing
 */
export async function create<K extends Kind>(
	deps: ShareDeps,
	actor: Actor,
	of: Resource<K>,
	input: ShareTarget,
): Promise<ShareOf<K>> {
	const attempt = async () => {
		const thing = await shared(deps, actor, of);
		const { target, expiresAt } = await readTarget(deps, actor, input);
		if (input.sharedToId === thing.ownerId) throw isShared();
		await makeRoom(deps, of, { grants: thing.grants, field: 'sharedToId' });
		const { sharedToType, sharedToId, permission } = input;
		const shareId = await shareIdOf(of.id, input);
		const given = { sharedToType, sharedToId, permission, expiresAt };
		const item: repository.ShareItem = { of, shareId, ...given, sharedBy: actor.user.userId, createdAt: deps.now() };
		try {
			await repository.create(deps.dynamo, item);
		} catch (error) {
			throw error instanceof ConditionFailed && error.failed.includes(repository.WRITES.share) ? isShared() : error;
		}
		return { item, target };
	};
	// The thing was deleted or given to them meanwhile: then that is the answer.
	const { item, target } = await againWhileChanged(() => deps.access.wrote(of.kind, of.id), attempt);
	await wrote(deps, of);
	await record(deps, actor, of, { change: 'ADDED', after: told(item) });
	return toContract(of, item, target);
}

/** Changes what a share permits, or until when. @throws AppError NOT_FOUND also for a share of another thing */
export async function update<K extends Kind>(
	deps: ShareDeps,
	actor: Actor,
	of: Resource<K>,
	{ shareId, ...changes }: ShareChanges & { shareId: string },
): Promise<ShareOf<K>> {
	await shared(deps, actor, of);
	const before = await find(deps, of, shareId);
	const expiresAt = changes.expiresAt === undefined ? before.expiresAt : readExpiry(changes.expiresAt, deps.now());
	const item = { ...before, permission: changes.permission ?? before.permission, expiresAt };
	await orAbsent(repository.replace(deps.dynamo, item), shareId);
	await wrote(deps, of);
	await record(deps, actor, of, { change: 'UPDATED', before: told(before), after: told(item) });
	return toContract(of, item, (await namesOf(deps, [item])).get(item.sharedToId));
}

/** Ends a share. @throws AppError NOT_FOUND also for a share of another thing */
export async function remove(deps: ShareDeps, actor: Actor, of: Resource, shareId: string): Promise<void> {
	await shared(deps, actor, of);
	const before = await find(deps, of, shareId);
	await orAbsent(repository.remove(deps.dynamo, before), shareId);
	await wrote(deps, of);
	await record(deps, actor, of, { change: 'REMOVED', before: told(before) });
}

/** What the audit log keeps of a share. */
type Told = Pick<SharedTo, 'sharedToType' | 'sharedToId' | 'permission' | 'expiresAt'>;

function told({ sharedToType, sharedToId, permission, expiresAt }: repository.ShareItem): Told {
	return { sharedToType, sharedToId, permission, expiresAt: expiresAt === null ? null : toIso(expiresAt) };
}

async function record(
	{ audit }: Pick<ShareDeps, 'audit'>,
	by: Actor,
	{ kind, id }: Resource,
	{ change, ...details }: { change: 'ADDED' | 'UPDATED' | 'REMOVED'; before?: Told; after?: Told },
): Promise<void> {
	const action = `${kind === 'dataset' ? 'DATASET' : 'DASHBOARD'}_SHARE_${change}` as const;
	await audit.record({ action, by, on: { type: kind, id }, details });
}

/** Ends what this location knows of who may see a thing. */
export async function wrote(deps: Pick<Deps, 'access' | 'dynamo'>, { kind, id }: Resource): Promise<void> {
	await (kind === 'dataset' ? forgetDataset(deps, id) : deps.access.wrote(kind, id));
}

/**
 * Only shares that go on count; those that have ended are dropped once there are many.
 * @param field whose fault it is when there is none
 * @throws AppError VALIDATION_ERROR · BUSY
 */
export async function makeRoom(
	deps: ShareDeps,
	of: Resource,
	{ grants, field }: { grants: StoredGrants; field: string },
): Promise<void> {
	const now = deps.now();
	const count = Object.keys(grants).length;
	if (count === 0 && of.kind === 'dataset') return repository.makePlace(deps.dynamo, of);
	if (count < MAX_SHARES) return;
	const ended = endedGrants(grants, now);
	if (count - ended.length >= MAX_SHARES)
		throw invalid({ [field]: `would be share ${MAX_SHARES + 1}; ${MAX_SHARES} are possible` });
	try {
		const principals = ended.slice(0, DROPPED_AT_ONCE);
		await repository.dropGrants(deps.dynamo, of, { principals, now });
	} catch (error) {
		// One of them was shared to again, or somebody else was quicker: the next try sees it.
		throw error instanceof ConditionFailed ? new AppError('BUSY', { retryAfter: 1, cause: error }) : error;
	}
}

/**
 * Whom a share would be to and until when, UNIX seconds. A group is for those to share to who are in it, and for admins.
 * @throws AppError VALIDATION_ERROR
 */
export async function readTarget(
	deps: ShareDeps,
	{ user }: Actor,
	input: ShareTarget,
): Promise<{ target: Named; expiresAt: number | null }> {
	const expiresAt = readExpiry(input.expiresAt ?? null, deps.now());
	const { sharedToType, sharedToId } = input;
	const isUser = sharedToType === 'user';
	const visible = isUser || user.role === 'admin' || user.groupIds.includes(sharedToId);
	const target = visible ? (await namesOf(deps, [input])).get(sharedToId) : undefined;
	if (!target) throw invalid({ sharedToId: isUser ? 'is nobody' : 'is not a group of yours' });
	return { target, expiresAt };
}

/** As people know it. */
interface Named {
	name: string;
	email: string | null;
	memberCount: number | null;
}

/** Users and groups that are there, by id. One round trip for each of both. */
export async function namesOf(deps: Pick<Deps, 'dynamo'>, targets: readonly Target[]): Promise<Map<string, Named>> {
	const idsOf = (type: Target['sharedToType']) =>
		targets.flatMap((one) => (one.sharedToType === type && isId(type, one.sharedToId) ? [one.sharedToId] : []));
	const [people, found] = await Promise.all([
		users.findMany(deps.dynamo, idsOf('user')),
		groups.findMany(deps.dynamo, idsOf('group')),
	]);
	return new Map<string, Named>([
		...[...people].map(([id, { name, email }]) => [id, { name, email, memberCount: null }] as const),
		...found.map(({ groupId, name, memberCount }) => [groupId, { name, email: null, memberCount }] as const),
	]);
}

/** @param target absent once the account or group is gone */
function toContract<K extends Kind>(
	of: Resource<K>,
	item: repository.ShareItem,
	target: Named | undefined,
): ShareOf<K> {
	const { shareId: id, sharedToType, sharedToId, permission, sharedBy } = item;
	const ref = { [`${of.kind}Id`]: of.id } as Record<`${K}Id`, string>;
	return {
		...ref,
		id,
		sharedToType,
		sharedToId,
		sharedToName: target?.name ?? sharedToId,
		sharedToEmail: target?.email ?? null,
		memberCount: target?.memberCount ?? null,
		permission,
		sharedBy,
		createdAt: toIso(item.createdAt),
		expiresAt: item.expiresAt === null ? null : toIso(item.expiresAt),
	};
}

/** One that has ended is not there, as in the list: making it again is another share. */
async function find(deps: ShareDeps, of: Resource, shareId: string): Promise<repository.ShareItem> {
	const item = isId('share', shareId) ? await repository.find(deps.dynamo, of, shareId) : null;
	if (!item || !isLive(item, deps.now())) throw notFound(`${shareId} is no share of ${of.id}`);
	return item;
}

async function orAbsent(write: Promise<void>, shareId: string): Promise<void> {
	try {
		await write;
	} catch (error) {
		throw error instanceof ConditionFailed ? notFound(`${shareId} is gone`) : error;
	}
}

function isShared(): AppError {
	return new AppError('ALREADY_EXISTS', { userMessage: 'This is shared to them already.' });
}

/** UNIX seconds of an ISO time, null for always. @throws AppError VALIDATION_ERROR */
function readExpiry(expiresAt: string | null, now: number): number | null {
	const seconds = expiresAt === null ? null : Date.parse(expiresAt) / 1000;
	const problem = problemOfExpiry(seconds, now);
	if (problem) throw invalid({ expiresAt: problem });
	return seconds;
}
