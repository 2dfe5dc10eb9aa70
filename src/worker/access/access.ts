// Who is asking and whether they may: the first line of every service. One store read decides a request, however often it asks.
import { AppError, notFound } from '../errors';
import { isId } from '../ids';
import * as sessions from '../entities/session/repository';
import { isSessionOpen } from '../entities/session/rules';
import * as users from '../entities/user/repository';
import type { Dynamo, Item, KeyOf, TableName } from '../infra/dynamo/port';
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
	identify(
		claims: SessionClaims | null,
		options: { fresh: boolean; about?: { action: Action; id: unknown } },
	): Promise<Actor>;
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
	/** UNIX seconds. */
	now: () => number;
}

interface OpenView extends View {
	alongside: Alongside;
	items: Map<string, Item | null>;
	readAt: number;
}
const NOTHING: Alongside = { keys: [], project: {} };

/** One for each request: it remembers what the request has read. */
export function createAccess({ dynamo, snapshot, alongside, now }: AccessParts): Access {
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

	async function identify(
		claims: SessionClaims | null,
		{ fresh, about }: Parameters<Access['identify']>[1],
	): Promise<Actor> {
		if (!claims || !isId('sess', claims.sessionId) || !isId('user', claims.userId))
			throw new AppError('UNAUTHENTICATED');
		const names = [`session/${claims.sessionId}`, `user/${claims.userId}`] as const;
		const viewed = !fresh && about ? viewedDashboard(about) : null;
		const [keptSession, keptUser, view] = await Promise.all([
			fresh ? null : entryOf(names[0]),
			fresh ? null : entryOf(names[1]),
			viewed ? openView(viewed) : null,
		]);
		const readAt = now();
		const aboutKeys = about ? keysAbout(about) : [];
		if (keptSession && keptUser) {
			await load(aboutKeys, { forView: view !== null, view });
			return actorOf(claims, keptSession as Item, keptUser as Item, readAt);
		}
		const keys = [keyOf('session', claims.sessionId), keyOf('user', claims.userId)];
		const [session, user] = await load([...keys, ...aboutKeys], { forView: view !== null, view });
		const actor = actorOf(claims, session ?? null, user ?? null, readAt);
		await Promise.all([snapshot.fill(names[0], session, readAt), snapshot.fill(names[1], actor.user, readAt)]);
		entries.set(names[0], Promise.resolve(session));
		entries.set(names[1], Promise.resolve(actor.user));
		return actor;
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
		if (kind === 'session' || kind === 'user') await snapshot.purge(`${kind}/${id}`);
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

function actorOf(claims: SessionClaims, rawSession: Item | null, rawUser: Item | null, now: number): Actor {
	if (!rawSession || !rawUser) throw new AppError('UNAUTHENTICATED');
	const [session, user] = [sessions.parse(rawSession), users.parseActor(rawUser)];
	const isOpen = session.userId === claims.userId && user.disabledAt === undefined && isSessionOpen(session, user, now);
	if (!isOpen) throw new AppError('UNAUTHENTICATED');
	return { kind: 'session', sessionId: claims.sessionId, user };
}

const identity = ({ table, key }: KeyOf) => `${table} ${Object.values(key).join(' ')}`;
