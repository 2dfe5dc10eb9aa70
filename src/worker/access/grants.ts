// What somebody may do with a thing that belongs to one person and is granted to others, by themselves or in a group, and why.
// Decisions, lists of who has access and forecasts of what a share would change all ask here. Pure.
import type { Role as AccountRole } from '$lib/contracts/user';

/** The role on one thing, each including those before it. */
export type ThingRole = 'viewer' | 'editor' | 'owner';

const RANK: Record<ThingRole, number> = { viewer: 1, editor: 2, owner: 3 };

/** True when `has` includes what `needs` allows. */
export function atLeast(has: ThingRole, needs: ThingRole): boolean {
	return RANK[has] >= RANK[needs];
}

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

/** One way to access. */
export interface Reason extends Grant {
	via: 'creation' | 'admin' | 'user' | 'group';
	/** Of a reason through a group. */
	groupId?: string;
}

export interface Effective {
	/** The highest of all reasons. */
	role: ThingRole;
	/** Every one that counts now, the strongest first; at least one. */
	reasons: readonly [Reason, ...Reason[]];
}

/** A grant counts until the second it ends. @param now UNIX seconds */
export function isLive({ expiresAt }: Pick<Grant, 'expiresAt'>, now: number): boolean {
	return expiresAt === null || expiresAt > now;
}

/** What somebody may do and why, or null when they may not know of the thing. @param now UNIX seconds */
export function effectiveAccess(person: Asker, thing: Owned, now: number): Effective | null {
	const reasons: Reason[] = [];
	const always = { permission: 'owner', expiresAt: null } as const;
	if (thing.ownerId === person.userId) reasons.push({ via: 'creation', ...always });
	if (person.role === 'admin') reasons.push({ via: 'admin', ...always });
	const { [`user:${person.userId}`]: own } = thing.grants ?? {};
	if (own && isLive(own, now)) reasons.push({ via: 'user', ...own });
	for (const groupId of person.groupIds) {
		const shared = thing.grants?.[`group:${groupId}`];
		if (shared && isLive(shared, now)) reasons.push({ via: 'group', groupId, ...shared });
	}
	// Stable: of equal ones that which was looked at first.
	const [first, ...rest] = reasons.sort((a, b) => RANK[b.permission] - RANK[a.permission]);
	return first ? { role: first.permission, reasons: [first, ...rest] } : null;
}

export interface Gains<P extends Asker> {
	/** Those who have no access yet and would have. */
	gain: P[];
	/** Those among whom it would be shared to who have access already. */
	already: P[];
}

/**
 * Who would newly gain access by a grant. People whom it does not reach are in neither list.
 * @param principal `user:…` or `group:…`, as grants name whom they are for
 */
export function gainsOf<P extends Asker>(
	people: readonly P[],
	thing: Owned,
	{ principal, grant, now }: { principal: string; grant: Grant; now: number },
): Gains<P> {
	const given = { ownerId: null, grants: { [principal]: grant } };
	const gains: Gains<P> = { gain: [], already: [] };
	for (const person of people) {
		// Without the role of their account: an admin has access already, but is only told so when the grant is to them.
		if (!effectiveAccess({ ...person, role: 'user' }, given, now)) continue;
		(effectiveAccess(person, thing, now) ? gains.already : gains.gain).push(person);
	}
	return gains;
}
