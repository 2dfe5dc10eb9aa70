// The filter views of an open dashboard, as its views menu works on them. Loads when the menu is about to be used. Every act answers
// with a sentence when it failed, null when it is done.
import type { Client } from '$lib/client';
import type { NamedState } from '$lib/contracts/dashboard';
import type { FilterState } from '$lib/contracts/filter';
import type { FilterView } from '$lib/contracts/filter-view';
import { sentenceOf } from './failures';

/** What the page around the menu shows, and how it is led elsewhere. */
export interface ViewsPage {
	dashboardId: string;
	/** The person at the screen. */
	myId: string;
	isEditor: boolean;
	isOwner: boolean;
	/** What the filters say, in the form of addresses. */
	state(): FilterState;
	/** The view that the state was chosen from. */
	chosen(): string | null;
	/** Shows a state, as chosen from a view or from none. */
	choose(state: FilterState, from: string | null): Promise<void>;
	/** Hears what the dashboard opens with from now on. */
	opens(view: NamedState | null): Promise<void>;
}

type Changes = Partial<Pick<FilterView, 'name' | 'filterState' | 'isShared' | 'isDefault'>>;

const PAGE = 100;

export class FilterViews {
	/** By name; null until they were asked for. */
	all = $state.raw<FilterView[] | null>(null);
	/** What is being asked about the chosen view, or about a new one. */
	dialog = $state.raw<'save' | 'rename' | 'delete' | null>(null);
	readonly page: ViewsPage;
	readonly #client: Client;

	constructor(page: ViewsPage, client: Client) {
		this.page = page;
		this.#client = client;
	}

	get chosen(): FilterView | null {
		return this.all?.find(({ filterViewId }) => filterViewId === this.page.chosen()) ?? null;
	}

	/** Whether the person may change a view: what all see takes an editor. */
	mayChange({ isShared, owner }: FilterView): boolean {
		return isShared ? this.page.isEditor : owner.userId === this.page.myId;
	}

	load(): Promise<string | null> {
		return attempt(() => this.#load());
	}

	/** Keeps what shows under a name of its own. */
	save(name: string): Promise<string | null> {
		return attempt(async () => {
			const { dashboardId } = this.page;
			const view = { dashboardId, name, filterState: this.page.state() };
			const { filterState, filterViewId } = await this.#client.filterViews.create.mutate(view);
			await this.#load();
			await this.page.choose(filterState, filterViewId);
		});
	}

	change({ dashboardId, filterViewId, isDefault }: FilterView, changes: Changes): Promise<string | null> {
		return attempt(async () => {
			const { isDefault: isNow } = await this.#client.filterViews.update.mutate({
				dashboardId,
				filterViewId,
				...changes,
			});
			await this.#load();
			if (isDefault || isNow) await this.#tellWhatOpens();
		});
	}

	/** Ends a view; what shows stays, chosen from none. */
	remove({ dashboardId, filterViewId, isDefault }: FilterView): Promise<string | null> {
		return attempt(async () => {
			await this.#client.filterViews.remove.mutate({ dashboardId, filterViewId });
			await this.page.choose(this.page.state(), null);
			await this.#load();
			if (isDefault) await this.#tellWhatOpens();
		});
	}

	#tellWhatOpens(): Promise<void> {
		return this.page.opens(this.all?.find(({ isDefault }) => isDefault) ?? null);
	}

	async #load(): Promise<void> {
		const { dashboardId } = this.page;
		const found: FilterView[] = [];
		for (let more = true; more;) {
			const asked = { dashboardId, limit: PAGE, offset: found.length };
			const { items, pagination } = await this.#client.filterViews.list.query(asked);
			found.push(...items);
			more = pagination.hasNext;
		}
		this.all = found.sort((a, b) => a.name.localeCompare(b.name));
	}
}

async function attempt(act: () => Promise<void>): Promise<string | null> {
	try {
		await act();
		return null;
	} catch (caught) {
		return sentenceOf(caught);
	}
}
