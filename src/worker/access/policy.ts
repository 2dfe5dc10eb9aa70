// Who may do what, as data: an action is on a kind of thing and needs a role there. Every verdict has its reason.
import { atLeast, effectiveAccess, type Asker, type Owned, type ThingRole } from './grants';

export type { Asker, Grant, Owned, ThingRole } from './grants';

export type ThingKind =
	| 'user'
	| 'session'
	| 'key'
	| 'group'
	| 'upload'
	| 'dataset'
	| 'job'
	| 'card'
	| 'transform'
	| 'dashboard';

interface Rule {
	on: ThingKind;
	needs: ThingRole;
	/** A view may be decided from what this location read within the access TTL; everything else reads strongly. */
	reads?: 'snapshot';
}

export const policy = {
	'user.view': { on: 'user', needs: 'viewer' },
	'user.edit': { on: 'user', needs: 'editor' },
	'user.manage': { on: 'user', needs: 'owner' },

	'session.end': { on: 'session', needs: 'owner' },

	'key.delete': { on: 'key', needs: 'owner' },

	'group.view': { on: 'group', needs: 'viewer' },
	'group.edit': { on: 'group', needs: 'owner' },
	'group.delete': { on: 'group', needs: 'owner' },

	'upload.view': { on: 'upload', needs: 'owner' },
	'upload.write': { on: 'upload', needs: 'owner' },

	'dataset.view': { on: 'dataset', needs: 'viewer' },
	'dataset.use': { on: 'dataset', needs: 'viewer' },
	'dataset.edit': { on: 'dataset', needs: 'editor' },
	'dataset.delete': { on: 'dataset', needs: 'owner' },
	'dataset.share': { on: 'dataset', needs: 'owner' },

	'job.view': { on: 'job', needs: 'owner' },
	'job.cancel': { on: 'job', needs: 'owner' },

	'card.view': { on: 'card', needs: 'owner' },
	'card.edit': { on: 'card', needs: 'owner' },
	'card.delete': { on: 'card', needs: 'owner' },
	'card.preview': { on: 'card', needs: 'owner' },
	'card.place': { on: 'card', needs: 'owner' },

	'transform.view': { on: 'transform', needs: 'owner' },
	'transform.edit': { on: 'transform', needs: 'owner' },
	'transform.delete': { on: 'transform', needs: 'owner' },
	'transform.run': { on: 'transform', needs: 'owner' },

	'dashboard.view': { on: 'dashboard', needs: 'viewer', reads: 'snapshot' },
	'dashboard.clone': { on: 'dashboard', needs: 'viewer' },
	'dashboard.edit': { on: 'dashboard', needs: 'editor' },
	'dashboard.delete': { on: 'dashboard', needs: 'owner' },
	'dashboard.share': { on: 'dashboard', needs: 'owner' },
	'dashboard.transfer': { on: 'dashboard', needs: 'owner' },
} as const satisfies Record<string, Rule>;

export type Action = keyof typeof policy;

/** The kind of thing an action is on. */
export type KindOf<A extends Action> = (typeof policy)[A]['on'];

export type Verdict =
	| { allowed: true; role: ThingRole; reason: string }
	| { allowed: false; code: 'NOT_FOUND' | 'FORBIDDEN'; reason: string };

/**
 * The highest role of a user on a thing and why, or null when they may not know of it.
 * @param now UNIX seconds: a grant that has ended counts no more
 */
export function roleOn(
	user: Asker,
	kind: ThingKind,
	thing: Owned,
	now: number,
): { role: ThingRole; reason: string } | null {
	if (kind === 'user' && user.role !== 'admin') {
		// An account belongs to nobody: people change their own and find each other.
		return thing.ownerId === user.userId
			? { role: 'editor', reason: 'oneself' }
			: { role: 'viewer', reason: 'people find each other' };
	}
	const found = effectiveAccess(user, thing, now);
	if (!found) return null;
	const [{ via, groupId = user.userId }] = found.reasons;
	const reasons = {
		creation: 'created it',
		admin: 'admin',
		user: `granted to user:${groupId}`,
		group: `granted to group:${groupId}`,
	};
	return { role: found.role, reason: kind === 'user' ? 'admin' : reasons[via] };
}

/** Decides one action. A thing that the user may not know of is as absent; one they know of but may not change is forbidden. */
export function decide(user: Asker, action: Action, thing: Owned, now: number): Verdict {
	const { on, needs } = policy[action];
	const found = roleOn(user, on, thing, now);
	if (!found) return { allowed: false, code: 'NOT_FOUND', reason: `no role on this ${on}` };
	if (atLeast(found.role, needs)) return { allowed: true, ...found };
	return { allowed: false, code: 'FORBIDDEN', reason: `${action} needs ${needs}, has ${found.role} (${found.reason})` };
}
