// Who may see a shared thing and why, and whom another share would reach.
import type { Permission, PersonAccess, SharePreview, ShareTarget } from '$lib/contracts/share';
import type { Actor } from '../../access/access';
import { effectiveAccess, gainsOf, isLive, type Effective } from '../../access/grants';
import type { Deps } from '../../deps';
import { shownOf } from '../../render/shown';
import { toIso } from '../../time';
import * as groups from '../group/repository';
import { reachedBy, type Grantee } from './people';
import { principalOf, targetOf, type Resource } from './rules';
import { readTarget, shared, type ShareDeps } from './service';

type WhoDeps = ShareDeps & Pick<Deps, 'hints' | 'background'>;

/** Names that a preview lists; it counts all. */
const LISTED = 500;
const HIGHEST_FIRST: Permission[] = ['owner', 'editor', 'viewer'];

/**
 * Everybody to whom a thing belongs or is shared, by themselves or in a group, with every reason: the highest permission first,
 * equals by name.
 */
export async function access(deps: ShareDeps, actor: Actor, of: Resource): Promise<PersonAccess[]> {
	const thing = await shared(deps, actor, of);
	const now = deps.now();
	const live = Object.keys(thing.grants).filter((principal) => isLive(thing.grants[principal]!, now));
	const groupIds = live.map(targetOf).flatMap((one) => (one.sharedToType === 'group' ? [one.sharedToId] : []));
	const [people, found] = await Promise.all([
		reachedBy(deps.dynamo, [`user:${thing.ownerId}`, ...live]),
		groups.findMany(deps.dynamo, groupIds),
	]);
	const names = new Map(found.map(({ groupId, name }) => [groupId, name]));
	return people
		.flatMap((person) => {
			const effective = effectiveAccess(person, thing, now);
			// Whoever left the group a moment ago may still be in its list, and admins may see all things.
			return effective?.reasons.some(({ via }) => via !== 'admin') ? [describe(person, effective, names)] : [];
		})
		.sort((a, b) => HIGHEST_FIRST.indexOf(a.permission) - HIGHEST_FIRST.indexOf(b.permission));
}

/**
 * What a share would change; it is not made.
 * @throws AppError VALIDATION_ERROR for a target that is not there, and for a time that is over
 */
export async function preview(deps: WhoDeps, actor: Actor, of: Resource, input: ShareTarget): Promise<SharePreview> {
	const thing = await shared(deps, actor, of);
	const { expiresAt } = await readTarget(deps, actor, input);
	const principal = principalOf(input);
	const grant = { permission: input.permission, expiresAt };
	const people = await reachedBy(deps.dynamo, [principal]);
	const { gain, already } = gainsOf(people, thing, { principal, grant, now: deps.now() });
	const exposed = 'layout' in thing ? Object.values((await shownOf(deps, thing)).datasets) : [thing];
	return {
		gains: gain.slice(0, LISTED).map(({ userId, name }) => ({ userId, name })),
		gainCount: gain.length,
		alreadyCount: already.length,
		datasets: exposed.map(({ datasetId, name }) => ({ datasetId, name })),
	};
}

function describe(
	{ userId, name }: Grantee,
	{ role, reasons }: Effective,
	groupNames: ReadonlyMap<string, string>,
): PersonAccess {
	return {
		user: { userId, name },
		permission: role,
		reasons: reasons.map(({ via, groupId, permission, expiresAt }) => ({
			via,
			...(groupId !== undefined && { group: { groupId, name: groupNames.get(groupId) ?? groupId } }),
			permission,
			expiresAt: expiresAt === null ? null : toIso(expiresAt),
		})),
	};
}
