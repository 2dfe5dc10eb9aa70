// A dashboard while it is being arranged: what is not saved yet, and how it is saved. Knows no component.
import type { Client } from '$lib/client';
import type { Column } from '$lib/contracts/dataset';
import type { DashboardDetail, DashboardView, LayoutCard } from '$lib/contracts/dashboard';
import type { FilterDefinition } from '$lib/contracts/filter';
import { withAdded, withMoved } from '$lib/components/dashboard/layout';
import { codeOf, detailsOf, fieldsOf, sentenceOf } from '$lib/state/failures';

interface Content {
	name: string;
	description: string;
	cards: LayoutCard[];
	filters: FilterDefinition[];
}

export class Draft {
	#content = $state<Content>({ name: '', description: '', cards: [], filters: [] });
	#saved = $state('');
	#revision = 0;
	/** Why saving failed, by field; beside the fields. */
	problems = $state.raw<Record<string, string>>({});
	/** Why saving failed, when no field is to blame. */
	failure = $state<string | null>(null);
	/** What somebody else saved meanwhile. */
	theirs = $state.raw<DashboardDetail | null>(null);
	saving = $state(false);

	readonly dashboardId: string;
	readonly #client: Client;

	constructor(view: DashboardView, client: Client) {
		this.dashboardId = view.dashboardId;
		this.#client = client;
		this.take(view);
	}

	get content(): Content {
		return this.#content;
	}
	get dirty(): boolean {
		return JSON.stringify(this.#content) !== this.#saved;
	}

	/** Starts over from what is stored. */
	take(stored: DashboardDetail): void {
		const { name, description, layout, filters, revision } = stored;
		// Choices that came from the data are not part of a filter; given back, they would be fixed.
		const definitions = filters.map(({ options: _choices, ...definition }) => definition);
		this.#content = {
			name,
			description: description ?? '',
			cards: layout.cards.map((card) => ({ ...card })),
			filters: definitions,
		};
		this.#saved = JSON.stringify(this.#content);
		this.#revision = revision;
		this.theirs = null;
	}

	/** Saves over what somebody else saved. */
	async overwrite(): Promise<boolean> {
		if (this.theirs) this.#revision = this.theirs.revision;
		this.theirs = null;
		return this.save();
	}

	/** True once stored. */
	async save(): Promise<boolean> {
		this.saving = true;
		this.problems = {};
		this.failure = null;
		const { name, description, cards, filters } = $state.snapshot(this.#content);
		try {
			const stored = await this.#client.dashboards.update.mutate({
				dashboardId: this.dashboardId,
				revision: this.#revision,
				name,
				description: description.trim() === '' ? null : description,
				layout: { cards, columns: 12, rowHeight: 100 },
				filters,
			});
			this.#revision = stored.revision;
			this.#saved = JSON.stringify({ name, description, cards, filters });
			return true;
		} catch (caught) {
			this.#refused(caught);
			return false;
		} finally {
			this.saving = false;
		}
	}

	#refused(caught: unknown): void {
		if (codeOf(caught) === 'REVISION_CONFLICT') {
			this.theirs = detailsOf(caught).current as DashboardDetail;
			return;
		}
		const problems = Object.entries(fieldsOf(caught));
		this.problems = Object.fromEntries(problems.filter(([field]) => !field.startsWith('layout')));
		// Places have no field to stand beside.
		if (Object.keys(this.problems).length === 0) this.failure = problems[0]?.join(': ') ?? sentenceOf(caught);
	}

	has(cardId: string): boolean {
		return this.#content.cards.some((card) => card.cardId === cardId);
	}
	addCard(cardId: string): void {
		this.#content.cards = withAdded(this.#content.cards, cardId);
	}
	removeCard(cardId: string): void {
		this.#content.cards = this.#content.cards.filter((card) => card.cardId !== cardId);
	}
	placeCard(card: LayoutCard): void {
		this.#content.cards = withMoved(this.#content.cards, card);
	}

	addFilter(column: Column): void {
		const type = column.type === 'date' || column.type === 'datetime' ? 'date_range' : 'category';
		const filter: FilterDefinition = { id: this.#freeId(column.name), type, column: column.name, label: column.name };
		this.#content.filters.push(type === 'category' ? { ...filter, multiSelect: true } : filter);
	}
	removeFilter(id: string): void {
		this.#content.filters = this.#content.filters.filter((filter) => filter.id !== id);
	}
	/** Moves a filter by `step` places; it stays inside the list. */
	moveFilter(id: string, step: -1 | 1): void {
		const filters = [...this.#content.filters];
		const from = filters.findIndex((filter) => filter.id === id);
		const to = from + step;
		const [moved] = filters.splice(from, 1);
		if (!moved || to < 0 || to > filters.length) return;
		filters.splice(to, 0, moved);
		this.#content.filters = filters;
	}

	/** An id from a column's name: it stands in addresses, so it is short and plain. */
	#freeId(column: string): string {
		const plain =
			column
				.toLowerCase()
				.replace(/[^a-z0-9]+/g, '_')
				.replace(/^_+|_+$/g, '')
				.slice(0, 40) || 'filter';
		const taken = new Set(this.#content.filters.map((filter) => filter.id));
		let id = plain;
		for (let n = 2; taken.has(id); n++) id = `${plain}_${n}`;
		return id;
	}
}
