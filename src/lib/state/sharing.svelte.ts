// Who may see a dashboard or a dataset, as its share dialog works on it. Every act answers with a sentence when it failed, null
// when it is done.
import type { Client } from '$lib/client';
import type { Person } from '$lib/contracts/common';
import type { Permission, PersonAccess, SharedTo, SharePreview, ShareTarget } from '$lib/contracts/share';
import { m } from '$lib/paraglide/messages';
import { codeOf, sentenceOf } from './failures';
import { sharesOf, type Shareable } from './shares';

export type { Shareable } from './shares';

/** Somebody to share to. */
export interface Candidate {
	type: 'user' | 'group';
	id: string;
	name: string;
	/** Of a person. */
	email: string | null;
	/** Of a group. */
	memberCount: number | null;
	/** What they may do now and why; null when they have no access, or are a group. */
	access: PersonAccess | null;
	/** True: it is shared to them by name already, or theirs. */
	shared: boolean;
}

export interface Terms {
	permission: Permission;
	/** ISO; null: always. */
	expiresAt: string | null;
}

/** People and groups offered for what was typed, of each. */
const OFFERED = 6;

export class Sharing {
	shares = $state.raw<SharedTo[]>([]);
	/** Everybody who has access, by themselves or in a group, by user. */
	access = $state.raw<ReadonlyMap<string, PersonAccess>>(new Map());
	owner = $state.raw<Person>({ userId: '', name: '' });
	loaded = $state(false);
	readonly thing: Shareable;
	readonly #client: Client;

	constructor(thing: Shareable, client: Client) {
		this.thing = thing;
		this.owner = thing.owner;
		this.#client = client;
	}

	load(): Promise<string | null> {
		return this.#attempt(async () => {
			const api = sharesOf(this.#client, this.thing);
			const [shares, access] = await Promise.all([api.list(), api.access()]);
			this.shares = shares;
			this.access = new Map(access.map((one) => [one.user.userId, one]));
			this.loaded = true;
		});
	}

	/** People by name or e-mail and groups by name, with what they may do already. */
	async find(text: string): Promise<Candidate[]> {
		const [people, groups] = await Promise.all([
			this.#client.users.list.query({ q: text, limit: OFFERED }),
			this.#client.groups.list.query({ q: text, limit: OFFERED }),
		]);
		const known = new Set([this.owner.userId, ...this.shares.map((share) => share.sharedToId)]);
		return [
			...groups.items.map(({ id, name, memberCount }): Candidate => {
				return { type: 'group', id, name, email: null, memberCount, access: null, shared: known.has(id) };
			}),
			...people.items.map(({ userId: id, name, email, role }): Candidate => {
				const access = this.access.get(id) ?? (role === 'admin' ? asAdmin({ userId: id, name }) : null);
				return { type: 'user', id, name, email, memberCount: null, access, shared: known.has(id) };
			}),
		];
	}

	/** What sharing to all of them would change. @throws ApiError */
	async forecast(picked: readonly Candidate[], terms: Terms): Promise<SharePreview> {
		const api = sharesOf(this.#client, this.thing);
		const previews = await Promise.all(picked.map((one) => api.preview(targetOf(one, terms))));
		const gains = [...new Map(previews.flatMap((one) => one.gains).map((person) => [person.userId, person])).values()];
		const listed = previews.reduce((sum, one) => sum + one.gains.length, 0);
		const counted = previews.reduce((sum, one) => sum + one.gainCount, 0);
		return {
			gains,
			// Who would gain twice counts once, as far as the names are listed.
			gainCount: counted - (listed - gains.length),
			alreadyCount: previews.reduce((sum, one) => sum + one.alreadyCount, 0),
			datasets: previews[0]?.datasets ?? [],
		};
	}

	/** Shares to each of them. Those that succeeded stay shared when a later one fails. */
	async add(picked: readonly Candidate[], terms: Terms): Promise<string | null> {
		for (const one of picked) {
			const act = async () => {
				await sharesOf(this.#client, this.thing).create(targetOf(one, terms));
			};
			const failure = await this.#attempt(act, one.name);
			if (failure) return (await this.load()) ?? failure;
		}
		return this.load();
	}

	change({ id }: SharedTo, terms: Partial<Terms>): Promise<string | null> {
		return this.#act(async () => void (await sharesOf(this.#client, this.thing).update(id, terms)));
	}

	remove({ id }: SharedTo): Promise<string | null> {
		return this.#act(() => sharesOf(this.#client, this.thing).remove(id));
	}

	/** Gives a dashboard to somebody it is shared to. */
	transfer({ sharedToId: userId, sharedToName: name }: SharedTo): Promise<string | null> {
		return this.#act(async () => {
			await this.#client.dashboards.transfer.mutate({ dashboardId: this.thing.id, userId });
			this.owner = { userId, name };
		});
	}

	async #act(act: () => Promise<void>): Promise<string | null> {
		return (await this.#attempt(act)) ?? this.load();
	}

	async #attempt(act: () => Promise<void>, name = ''): Promise<string | null> {
		try {
			await act();
			return null;
		} catch (caught) {
			return codeOf(caught) === 'ALREADY_EXISTS' ? m.share_exists({ name }) : sentenceOf(caught);
		}
	}
}

function targetOf({ type, id }: Candidate, terms: Terms): ShareTarget {
	return { sharedToType: type, sharedToId: id, ...terms };
}

function asAdmin(user: Person): PersonAccess {
	return { user, permission: 'owner', reasons: [{ via: 'admin', permission: 'owner', expiresAt: null }] };
}
