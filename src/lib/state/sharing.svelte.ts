// Who may see a dashboard, as its share dialog works on it. Every act answers with a sentence when it failed, null when it is done.
import type { Client } from '$lib/client';
import type { Person } from '$lib/contracts/common';
import type { Permission } from '$lib/contracts/dashboard';
import type { Share } from '$lib/contracts/share';
import type { User } from '$lib/contracts/user';
import { m } from '$lib/paraglide/messages';
import { codeOf, sentenceOf } from './failures';

export interface Shared {
	dashboardId: string;
	name: string;
	owner: Person;
}

/** People offered for what was typed. */
const OFFERED = 8;

export class Sharing {
	shares = $state.raw<Share[]>([]);
	/** Whose content becomes visible with a share. */
	datasets = $state.raw<{ datasetId: string; name: string }[]>([]);
	loaded = $state(false);
	readonly dashboard: Shared;
	readonly #client: Client;

	constructor(dashboard: Shared, client: Client) {
		this.dashboard = dashboard;
		this.#client = client;
	}

	async load(): Promise<string | null> {
		const { dashboardId } = this.dashboard;
		return this.#attempt(async () => {
			const [shares, datasets] = await Promise.all([
				this.#client.shares.list.query({ dashboardId }),
				this.#client.dashboards.referencedDatasets.query({ dashboardId }),
			]);
			this.shares = shares;
			this.datasets = datasets;
			this.loaded = true;
		});
	}

	/** People by name or e-mail who have no access yet. */
	async find(text: string): Promise<User[]> {
		const { items } = await this.#client.users.list.query({ q: text, limit: OFFERED });
		const known = new Set([this.dashboard.owner.userId, ...this.shares.map((share) => share.sharedToId)]);
		return items.filter((user) => !known.has(user.userId));
	}

	/** Shares to each of `people`. Those that succeeded stay shared when a later one fails. */
	async add(people: readonly User[], permission: Permission): Promise<string | null> {
		for (const person of people) {
			const failure = await this.#attempt(async () => {
				const share = await this.#client.shares.create.mutate({
					dashboardId: this.dashboard.dashboardId,
					sharedToType: 'user',
					sharedToId: person.userId,
					permission,
				});
				this.shares = [...this.shares, share];
			}, person.name);
			if (failure) return failure;
		}
		return null;
	}

	async change(share: Share, permission: Permission): Promise<string | null> {
		return this.#attempt(async () => {
			const { dashboardId, id: shareId } = share;
			const changed = await this.#client.shares.update.mutate({ dashboardId, shareId, permission });
			this.shares = this.shares.map((one) => (one.id === shareId ? changed : one));
		});
	}

	async remove(share: Share): Promise<string | null> {
		return this.#attempt(async () => {
			const { dashboardId, id: shareId } = share;
			await this.#client.shares.remove.mutate({ dashboardId, shareId });
			this.shares = this.shares.filter((one) => one.id !== shareId);
		});
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
