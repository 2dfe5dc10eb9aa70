// Who is asking and whether they may: the first line of every service. One store read decides a request, however often it asks.
import { AppError, notFound } from '../errors';
import { isId } from '../ids';
import * as sessions from '../entities/session/repository';
import * as users from '../entities/user/repository';
import type { Dynamo, Item, KeyOf } from '../infra/dynamo/port';
import type { SessionClaims } from '../infra/tokens/session-token';
import { decide, policy, type Action, type KindOf, type ThingKind, type ThingRole } from './policy';
import type { Snapshot } from './snapshot';
import { keyOf, read, things, type ThingItem } from './things';

/** Whoever asks, once their session was found to be open. */
export interface Actor {
	kind: 'session';
	user: users.ActorUser;
	sessionId: string;
}

export interface Permitted<K extends ThingKind> {
	item: ThingItem<K>;
	role: ThingRole;
}

export interface Access {
	/**
	 * Finds out who asks. `about` is read in the same round trip, so that `require` about it costs nothing more.
	 * `fresh`: from the store; otherwise what this location read within the access TTL will do.
	 * @throws AppError UNAUTHENTICATED without an open session
	 */
	identify(claims: SessionClaims | null, options: { fresh: boolean; about?: { action: Action; id: unknown } }): Promise<Actor>;
	/** The thing, when the actor may do this with it. @throws AppError NOT_FOUND, absent or not visible alike · FORBIDDEN */
	require<A extends Action>(actor: Actor, action: A, id: string): Promise<Permitted<KindOf<A>>>;
	/** The same for several: those the actor may do this with, by id. One round trip. */
	permitted<A extends Action>(actor: Actor, action: A, ids: readonly string[]): Promise<Map<string, ThingItem<KindOf<A>>>>;
	/** To be told after a write: forgets what was read, here and in this location's snapshot. */
	wrote(kind: ThingKind | 'session', id: string): Promise<void>;
}

export interface AccessParts {
	dynamo: Dynamo;
	snapshot: Snapshot;
	/** UNIX seconds. */
	now: () => number;
}

/** One for each request: it remembers what the request has read. */
export function createAccess({ dynamo, snapshot, now }: AccessParts): Access {
	const remembered = new Map<string, Promise<Item | null>>();

	/** Strongly consistent items, those not asked for yet in one batch. */
	function load(keys: readonly KeyOf[]): Promise<(Item | null)[]> {
		const missing = keys.filter((of) => !remembered.has(identity(of)));
		if (missing.length > 0) {
			const batch = dynamo.batchGet(missing);
			missing.forEach((of, position) => remembered.set(identity(of), batch.then((items) => items[position]!)));
		}
		return Promise.all(keys.map((of) => remembered.get(identity(of))!));
	}

	async function identify(claims: SessionClaims | null, { fresh, about }: Parameters<Access['identify']>[1]): Promise<Actor> {
		if (!claims || !isId('sess', claims.sessionId) || !isId('user', claims.userId)) throw new AppError('UNAUTHENTICATED');
		const names = [`session/${claims.sessionId}`, `user/${claims.userId}`] as const;
		const kept = fresh ? [null, null] : await Promise.all(names.map((name) => snapshot.read(name)));
		if (kept[0] && kept[1]) return actorOf(claims, kept[0] as Item, kept[1] as Item, now());

		const readAt = now();
		const keys = [sessions.keyOf(claims.sessionId), keyOf('user', claims.userId)];
		const [session, user] = await load(about ? [...keys, ...keysAbout(about)] : keys);
		const actor = actorOf(claims, session ?? null, user ?? null, readAt);
		await Promise.all([snapshot.fill(names[0], session, readAt), snapshot.fill(names[1], actor.user, readAt)]);
		return actor;
	}

	async function require<A extends Action>(actor: Actor, action: A, id: string): Promise<Permitted<KindOf<A>>> {
		const kind: KindOf<A> = policy[action].on;
		if (!isId(things[kind].prefix, id)) throw notFound(`${action}: no such identifier`);
		const [raw] = await load([keyOf(kind, id)]);
		if (!raw) throw notFound(`${action}: ${id} is absent`);
		const { item, owned } = read(kind, raw);
		const verdict = decide(actor.user, action, owned, now());
		if (!verdict.allowed) throw new AppError(verdict.code, { message: `${verdict.code}: ${action} on ${id}: ${verdict.reason}` });
		return { item, role: verdict.role };
	}

	async function permitted<A extends Action>(actor: Actor, action: A, ids: readonly string[]): Promise<Map<string, ThingItem<KindOf<A>>>> {
		const kind: KindOf<A> = policy[action].on;
		const possible = [...new Set(ids)].filter((id) => isId(things[kind].prefix, id));
		const raws = await load(possible.map((id) => keyOf(kind, id)));
		const found = new Map<string, ThingItem<KindOf<A>>>();
		possible.forEach((id, position) => {
			const raw = raws[position];
			if (!raw) return;
			const { item, owned } = read(kind, raw);
			if (decide(actor.user, action, owned, now()).allowed) found.set(id, item);
		});
		return found;
	}

	async function wrote(kind: ThingKind | 'session', id: string): Promise<void> {
		remembered.delete(identity(kind === 'session' ? sessions.keyOf(id) : keyOf(kind, id)));
		if (kind === 'session' || kind === 'user') await snapshot.purge(`${kind}/${id}`);
		if (kind === 'dashboard') await snapshot.purge(`dash/${id}`);
	}

	return { identify, require, permitted, wrote };
}

/** Where to read what a procedure is about; nowhere when its identifier cannot be one. */
function keysAbout({ action, id }: { action: Action; id: unknown }): KeyOf[] {
	const { on } = policy[action];
	return isId(things[on].prefix, id) ? [keyOf(on, id)] : [];
}

function actorOf(claims: SessionClaims, session: Item | null, user: Item | null, now: number): Actor {
	if (!session || !user) throw new AppError('UNAUTHENTICATED');
	const { userId, expiresAt } = sessions.parse(session);
	// TTL deletion is lazy, so an item may outlive its session.
	if (userId !== claims.userId || expiresAt <= now) throw new AppError('UNAUTHENTICATED');
	return { kind: 'session', sessionId: claims.sessionId, user: users.parseActor(user) };
}

const identity = ({ table, key }: KeyOf) => `${table} ${Object.values(key).join(' ')}`;
