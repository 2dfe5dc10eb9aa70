// Who is asking and whether they may: the first line of every service. One store read decides a request, however often it asks.
import { AppError, notFound } from '../errors';
import { isId } from '../ids';
import * as keys from '../entities/api-key/repository';
import { isKeyOpen, type KeyClaims } from '../entities/api-key/rules';
import * as sessions from '../entities/session/repository';
import { isSessionOpen } from '../entities/session/rules';
import * as users from '../entities/user/repository';
import type { Dynamo, Item, KeyOf, TableName } from '../infra/dynamo/port';
import type { SessionClaims } from '../infra/tokens/session-token';
import { decide, policy, type Action, type KindOf, type ThingKind, type ThingRole } from './policy';
import type { Snapshot } from './snapshot';
import { keyOf, read, things, type ThingItem } from './things';

/** What a valid token names, or an API key shows. */
export type Claims = SessionClaims | KeyClaims;

/** Whoever asks, once their session or key was found to be open. */
export interface Actor {
	kind: 'session' | 'key';
	/** A key that does not permit `admin` acts as if its person were no administrator. */
	user: users.ActorUser;
	/** The session, or the key that stands in its place. */
	sessionId: string;
	key?: Pick<keys.KeyItem, 'keyId' | 'permissions'>;
}

export interface Permitted<K extends ThingKind> {
	item: ThingItem<K>;
	role: ThingRole;
}

export interface Access {
	/**
	 * Finds out who asks. `about` is read in the same round trip, so that `require` about it costs nothing more.
	 * `fresh`: from the store; otherwise what this location read within the access TTL will do.
	 * @throws AppError UNAUTHENTICATED without an open session or key · RATE_LIMITED, of a key
	 */
	identify(claims: Claims | null, options: { fresh: boolean; about?: { action: Action; id: unknown } }): Promise<Actor>;
	/** The thing, when the actor may do this with it. @throws AppError NOT_FOUND, absent or not visible alike · FORBIDDEN */
	require<A extends Action>(actor: Actor, action: A, id: string): Promise<Permitted<KindOf<A>>>;
	/** The same for several: those the actor may do this with, by id. One round trip. */
	permitted<A extends Action>(
		actor: Actor,
		action: A,
		ids: readonly string[],
	): Promise<Map<string, ThingItem<KindOf<A>>>>;
	/**
	 * What a view of a dashboard can be made from without asking again: what `keepView` kept within the access TTL, else the
	 * items that were read together with the decision.
	 */
	viewOf(dashboardId: string): Promise<View>;
	/** Keeps what a view was made from for this location, unless the dashboard was written since it was read. */
	keepView(dashboardId: string, value: KeptView): Promise<void>;
	/** To be told after a write: forgets what was read, here and in this location's snapshot. */
	wrote(kind: ThingKind, id: string): Promise<void>;
}

/** The dashboard's item, and whatever else its page is made from. */
export interface KeptView {
	dashboard: Item;
	[part: string]: unknown;
}

export interface View {
	kept: KeptView | null;
	/** Items by table and key, null where there is none; those not in it were not asked for. */
	item(of: KeyOf): Item | null | undefined;
}

/** Keys worth reading beside a dashboard, because its page will need them, and which attributes of them. */
export interface Alongside {
	keys: readonly KeyOf[];
	project: Partial<Record<TableName, readonly string[]>>;
}

export interface AccessParts {
	dynamo: Dynamo;
	snapshot: Snapshot;
	/** A guess without authority: what is wrong in it is read in vain, what is missing is read later. */
	alongside: (dashboardId: string) => Promise<Alongside>;
	/** To be told of a key that proved itself; it may refuse. */
	keyUsed: (key: keys.KeyItem) => Promise<void>;
	/** UNIX seconds. */
	now: () => number;
}

/** What somebody came in by: where it is kept and stored, and whose it says it is. */
interface Door {
	name: string;
	of: KeyOf;
	userId: string;
}

interface OpenView extends View {
	alongside: Alongside;
	items: Map<string, Item | null>;
	readAt: number;
}
const NOTHING: Alongside = { keys: [], project: {} };

/** One for each request: it remembers what the request has read. */
export function createAccess({ dynamo, snapshot, alongside, keyUsed, now }: AccessParts): Access {
	const remembered = new Map<string, Promise<Item | null>>();
	/** Dashboards as the snapshot has them: good enough for a view, and for nothing else. */
	const glimpsed = new Map<string, Item>();
	const views = new Map<string, Promise<OpenView>>();
	const entries = new Map<string, Promise<unknown>>();

	/** An entry of the snapshot, read once a request. */
	function entryOf(name: string): Promise<unknown> {
		const entry = entries.get(name) ?? snapshot.read(name);
		entries.set(name, entry);
		return entry;
	}

	/**
	 * Items, those not asked for yet in one batch, and in the same batch what a view needs beside them. Strongly consistent,
	 * unless they are `forView` and a view that is open has them.
	 */
	async function load(
		keys: readonly KeyOf[],
		{ forView, view = null }: { forView: boolean; view?: OpenView | null },
	): Promise<(Item | null)[]> {
		const missing = keys.filter((of) => !remembered.has(identity(of)) && !(forView && glimpsed.has(identity(of))));
		if (missing.length > 0) {
			const beside = view && view.items.size === 0 ? view.alongside : NOTHING;
			const batch = dynamo.batchGet([...missing, ...beside.keys], beside.project);
			missing.forEach((of, position) =>
				remembered.set(
					identity(of),
					batch.then((items) => items[position]!),
				),
			);
			const items = await batch;
			beside.keys.forEach((of, position) => view?.items.set(identity(of), items[missing.length + position]!));
		}
		return Promise.all(keys.map((of) => remembered.get(identity(of)) ?? glimpsed.get(identity(of))!));
	}

	function openView(dashboardId: string): Promise<OpenView> {
		const open = async (): Promise<OpenView> => {
			const kept = (await snapshot.read(`dash/${dashboardId}`)) as KeptView | null;
			if (kept) glimpsed.set(identity(keyOf('dashboard', dashboardId)), kept.dashboard);
			const items = new Map<string, Item | null>();
			return {
				kept,
				alongside: kept ? NOTHING : await alongside(dashboardId),
				items,
				item: (of) => items.get(identity(of)),
				readAt: now(),
			};
		};
		const view = views.get(dashboardId) ?? open();
		views.set(dashboardId, view);
		return view;
	}

	/** A session's token says whose it is; of a key that is read first. */
	async function doorOf(claims: Claims | null, fresh: boolean): Promise<Door> {
		if (claims && 'keyId' in claims && isId('key', claims.keyId)) {
			const [name, of] = [`key/${claims.keyId}`, keyOf('key', claims.keyId)];
			const raw = ((fresh ? null : await entryOf(name)) ?? (await load([of], { forView: false }))[0]) as Item | null;
			if (raw) return { name, of, userId: keys.parse(raw).userId };
		}
		if (claims && 'sessionId' in claims && isId('sess', claims.sessionId) && isId('user', claims.userId))
			return { name: `session/${claims.sessionId}`, of: keyOf('session', claims.sessionId), userId: claims.userId };
		throw new AppError('UNAUTHENTICATED');
	}

	async function identify(claims: Claims | null, { fresh, about }: Parameters<Access['identify']>[1]): Promise<Actor> {
		const door = await doorOf(claims, fresh);
		const names = [door.name, `user/${door.userId}`] as const;
		const viewed = !fresh && about ? viewedDashboard(about) : null;
		const [keptDoor, keptUser, view] = await Promise.all([
			fresh ? null : entryOf(names[0]),
			fresh ? null : entryOf(names[1]),
			viewed ? openView(viewed) : null,
		]);
		const readAt = now();
		const aboutKeys = about ? keysAbout(about) : [];
		if (keptDoor && keptUser) {
			await load(aboutKeys, { forView: view !== null, view });
			return admit(claims!, keptDoor as Item, keptUser as Item, readAt);
		}
		const own = [door.of, keyOf('user', door.userId)];
		const [rawDoor, rawUser] = await load([...own, ...aboutKeys], { forView: view !== null, view });
		const actor = await admit(claims!, rawDoor ?? null, rawUser ?? null, readAt);
		const user = users.parseActor(rawUser!);
		await Promise.all([snapshot.fill(names[0], rawDoor, readAt), snapshot.fill(names[1], user, readAt)]);
		entries.set(names[0], Promise.resolve(rawDoor));
		entries.set(names[1], Promise.resolve(user));
		return actor;
	}

	async function admit(claims: Claims, rawDoor: Item | null, rawUser: Item | null, readAt: number): Promise<Actor> {
		if (!rawDoor || !rawUser) throw new AppError('UNAUTHENTICATED');
		const user = users.parseActor(rawUser);
		if (user.disabledAt !== undefined) throw new AppError('UNAUTHENTICATED');
		if ('sessionId' in claims) return sessionActor(claims, rawDoor, user, readAt);
		const key = keys.parse(rawDoor);
		if (key.userId !== user.userId || !isKeyOpen(key, claims, readAt)) throw new AppError('UNAUTHENTICATED');
		await keyUsed(key);
		const { keyId, permissions } = key;
		const role = permissions.includes('admin') ? user.role : 'user';
		return { kind: 'key', sessionId: keyId, key: { keyId, permissions }, user: { ...user, role } };
	}

	async function require<A extends Action>(actor: Actor, action: A, id: string): Promise<Permitted<KindOf<A>>> {
		const kind: KindOf<A> = policy[action].on;
		if (!isId(things[kind].prefix, id)) throw notFound(`${action}: no such identifier`);
		const [raw] = await load([keyOf(kind, id)], { forView: 'reads' in policy[action] });
		if (!raw || isGone(raw)) throw notFound(`${action}: ${id} is absent`);
		const { item, owned } = read(kind, raw);
		const verdict = decide(actor.user, action, owned, now());
		if (!verdict.allowed)
			throw new AppError(verdict.code, { message: `${verdict.code}: ${action} on ${id}: ${verdict.reason}` });
		return { item, role: verdict.role };
	}

	async function permitted<A extends Action>(
		actor: Actor,
		action: A,
		ids: readonly string[],
	): Promise<Map<string, ThingItem<KindOf<A>>>> {
		const kind: KindOf<A> = policy[action].on;
		const possible = [...new Set(ids)].filter((id) => isId(things[kind].prefix, id));
		const raws = await load(
			possible.map((id) => keyOf(kind, id)),
			{ forView: 'reads' in policy[action] },
		);
		const found = new Map<string, ThingItem<KindOf<A>>>();
		possible.forEach((id, position) => {
			const raw = raws[position];
			if (!raw || isGone(raw)) return;
			const { item, owned } = read(kind, raw);
			if (decide(actor.user, action, owned, now()).allowed) found.set(id, item);
		});
		return found;
	}

	async function wrote(kind: ThingKind, id: string): Promise<void> {
		const name = identity(keyOf(kind, id));
		remembered.delete(name);
		glimpsed.delete(name);
		entries.delete(`${kind}/${id}`);
		if (kind === 'session' || kind === 'key' || kind === 'user') await snapshot.purge(`${kind}/${id}`);
		if (kind !== 'dashboard') return;
		views.delete(id);
		await snapshot.purge(`dash/${id}`);
	}

	return {
		identify,
		require,
		permitted,
		wrote,
		viewOf: openView,
		async keepView(dashboardId, value) {
			await snapshot.fill(`dash/${dashboardId}`, value, (await openView(dashboardId)).readAt);
		},
	};
}

/** An item that waits for what hangs on it to be swept: nobody sees it any more. */
function isGone(raw: Item): boolean {
	return raw['deletedAt'] !== undefined;
}

/** The dashboard that a view is about, when its page may be made from what this location read a moment ago. */
function viewedDashboard({ action, id }: { action: Action; id: unknown }): string | null {
	return policy[action].on === 'dashboard' && 'reads' in policy[action] && isId('dash', id) ? id : null;
}

/** Where to read what a procedure is about; nowhere when its identifier cannot be one. */
function keysAbout({ action, id }: { action: Action; id: unknown }): KeyOf[] {
	const { on } = policy[action];
	return isId(things[on].prefix, id) ? [keyOf(on, id)] : [];
}

function sessionActor(claims: SessionClaims, raw: Item, user: users.ActorUser, now: number): Actor {
	const session = sessions.parse(raw);
	if (session.userId !== claims.userId || !isSessionOpen(session, user, now)) throw new AppError('UNAUTHENTICATED');
	return { kind: 'session', sessionId: claims.sessionId, user };
}

const identity = ({ table, key }: KeyOf) => `${table} ${Object.values(key).join(' ')}`;
