// Who may do what, as data: an action is on a kind of thing and needs a role there. Every verdict has its reason.
import type { Role as AccountRole } from '$lib/contracts/user';

export type ThingKind = 'user' | 'session' | 'key' | 'group' | 'upload' | 'dataset' | 'job' | 'card' | 'dashboard';
/** The role on one thing, each including those before it. */
export type ThingRole = 'viewer' | 'editor' | 'owner';

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

	'dataset.view': { on: 'dataset', needs: 'owner' },
	'dataset.edit': { on: 'dataset', needs: 'owner' },
	'dataset.delete': { on: 'dataset', needs: 'owner' },
	'dataset.use': { on: 'dataset', needs: 'owner' },
	'dataset.share': { on: 'dataset', needs: 'owner' },

	'job.view': { on: 'job', needs: 'owner' },
	'job.cancel': { on: 'job', needs: 'owner' },

	'card.view': { on: 'card', needs: 'owner' },
	'card.edit': { on: 'card', needs: 'owner' },
	'card.delete': { on: 'card', needs: 'owner' },
	'card.preview': { on: 'card', needs: 'owner' },
	'card.place': { on: 'card', needs: 'owner' },

	'dashboard.view': { on: 'dashboard', needs: 'viewer', reads: 'snapshot' },
	'dashboard.clone': { on: 'dashboard', needs: 'viewer' },
	'dashboard.edit': { on: 'dashboard', needs: 'editor' },
	'dashboard.delete': { on: 'dashboard', needs: 'owner' },
	'dashboard.share': { on: 'dashboard', needs: 'owner' },
} as const satisfies Record<string, Rule>;

export type Action = keyof typeof policy;

/** The kind of thing an action is on. */
export type KindOf<A extends Action> = (typeof policy)[A]['on'];

/** Whoever asks, as far as decisions need to know. */
export interface Asker {
	userId: string;
	role: AccountRole;
	groupIds: readonly string[];
}

export interface Grant {
	permission: ThingRole;
	/** UNIX seconds, or null for always. */
	expiresAt: number | null;
}

/** What decides: who owns a thing and whom it was granted to (`user:…` or `group:…`). */
export interface Owned {
	/** Null: it belongs to nobody, so that admins alone own it. */
	ownerId: string | null;
	grants?: Readonly<Record<string, Grant>>;
}

export type Verdict =
	| { allowed: true; role: ThingRole; reason: string }
	| { allowed: false; code: 'NOT_FOUND' | 'FORBIDDEN'; reason: string };

const RANK: Record<ThingRole, number> = { viewer: 1, editor: 2, owner: 3 };

/** True when `has` includes what `needs` allows. */
export function atLeast(has: ThingRole, needs: ThingRole): boolean {
	return RANK[has] >= RANK[needs];
}

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
	const isTheirs = thing.ownerId === user.userId;
	if (isTheirs && kind !== 'user') return { role: 'owner', reason: 'created it' };
	if (user.role === 'admin') return { role: 'owner', reason: 'admin' };
	if (kind === 'user' && isTheirs) return { role: 'editor', reason: 'oneself' };
	if (kind === 'user') return { role: 'viewer', reason: 'people find each other' };
	let best: { role: ThingRole; reason: string } | null = null;
	for (const principal of [`user:${user.userId}`, ...user.groupIds.map((groupId) => `group:${groupId}`)]) {
		const grant = thing.grants?.[principal];
		if (!grant || (grant.expiresAt !== null && grant.expiresAt <= now)) continue;
		if (!best || RANK[grant.permission] > RANK[best.role])
			best = { role: grant.permission, reason: `granted to ${principal}` };
	}
	return best;
}

/** Decides one action. A thing that the user may not know of is as absent; one they know of but may not change is forbidden. */
export function decide(user: Asker, action: Action, thing: Owned, now: number): Verdict {
	const { on, needs } = policy[action];
	const found = roleOn(user, on, thing, now);
	if (!found) return { allowed: false, code: 'NOT_FOUND', reason: `no role on this ${on}` };
	if (atLeast(found.role, needs)) return { allowed: true, ...found };
	return { allowed: false, code: 'FORBIDDEN', reason: `${action} needs ${needs}, has ${found.role} (${found.reason})` };
}
