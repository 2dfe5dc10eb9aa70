// A card while it is written: its fields, the run that shows what they give, and saving. Knows the client and no markup.
import type { Client } from '$lib/client';
import type { CardDetail, CardPreview } from '$lib/contracts/card';
import type { Json } from '$lib/contracts/common';
import { namesOf } from '$lib/domain/usage-names';
import { m } from '$lib/paraglide/messages';
import type { AttachedDataset } from '$lib/state/attached-datasets';
import { codeOf, detailsOf } from '$lib/state/failures';
import { namesInWords } from '$lib/state/names-in-words';
import { SavedDraft } from '$lib/components/editor/saved-draft.svelte';
import { Trial } from '$lib/state/trial.svelte';
import { CardInputs } from './card-inputs.svelte';

const FIRST_CODE = 'def render(dataset, filters, params):\n    return dataset.head(20)\n';

export class CardEditor extends SavedDraft<CardDetail> {
	description = $state<string | null>(null);
	cardType = $state<'code' | 'text'>('code');
	scripts = $state(false);
	filterApplicable = $state.raw<string[] | null>(null);
	readonly inputs: CardInputs;

	readonly trial = new Trial<CardPreview>();

	#client: Client;
	#savedFilters: string[] | null = null;

	constructor(client: Client, options: { card: CardDetail | null; datasets: AttachedDataset[]; name: string }) {
		super();
		this.#client = client;
		this.inputs = new CardInputs(client, options.datasets);
		this.name = options.name;
		this.code = FIRST_CODE;
		if (options.card) this.#take(options.card);
		this.settle();
	}

	#take(card: CardDetail): void {
		this.saved = card;
		this.name = card.name;
		this.description = card.description;
		this.cardType = card.cardType;
		this.code = card.code;
		this.params.take(this.python, card.params);
		this.scripts = card.scripts;
		this.filterApplicable = this.#savedFilters = card.filterApplicable;
	}

	protected get state(): string {
		const { name, description, cardType, code, params, scripts, filterApplicable } = this;
		return JSON.stringify([name, description, cardType, code, params.text, scripts, filterApplicable, this.inputs.ids]);
	}

	get title(): string {
		return this.name || m.card_untitled();
	}

	protected override get python(): string {
		return this.cardType === 'code' ? this.code : '';
	}

	/** Code works on data. */
	protected override get lacks(): Record<string, string> {
		return this.cardType === 'code' && this.inputs.ids.length === 0 ? { datasetIds: m.card_needs_dataset() } : {};
	}

	/** Makes it a card of the other kind; code that nobody has written yet goes. */
	become(cardType: 'code' | 'text'): void {
		this.cardType = cardType;
		if (cardType === 'text' && this.code === FIRST_CODE) this.code = '';
		if (cardType === 'code' && this.code.trim() === '') this.code = FIRST_CODE;
	}

	/** Takes a template and shows what it gives. */
	use(code: string): void {
		this.code = code;
		void this.run();
	}

	/** Runs what stands in the editor, unsaved; only the latest run counts. */
	async run(): Promise<void> {
		this.params.read(this.python);
		const { values: params, refusal } = this.params;
		if (!params) return;
		const [lacking] = Object.values(this.lacks);
		if (lacking) this.trial.refuse(lacking);
		else if (refusal) this.trial.refuse(refusal.message, refusal.line);
		else await this.trial.run(() => this.#preview(params));
	}

	/** A saved card keeps the names of its datasets, so it is previewed as itself; anything else as a draft. */
	#preview(params: Record<string, Json>): Promise<CardPreview> {
		const { saved, code, cardType, scripts, inputs } = this;
		const filters = inputs.filters;
		const asSaved =
			saved &&
			saved.cardType === cardType &&
			saved.scripts === scripts &&
			saved.datasetIds.join() === inputs.ids.join();
		return asSaved
			? this.#client.cards.preview.mutate({ cardId: saved.cardId, code, params, filters })
			: this.#client.cards.previewDraft.mutate({ code, cardType, datasetIds: inputs.ids, params, scripts, filters });
	}

	protected async store(params: Record<string, Json>, over?: number): Promise<CardDetail> {
		const { name, code, description, cardType, scripts, filterApplicable } = this;
		// Sent back unchanged, a list that the code declares would stop following the code.
		const chosen = filterApplicable !== this.#savedFilters && { filterApplicable };
		const fields = { name, code, description, cardType, scripts, params, datasetIds: this.inputs.ids, ...chosen };
		const { cards } = this.#client;
		const saved = this.saved
			? await cards.update.mutate({ ...fields, cardId: this.saved.cardId, revision: over ?? this.saved.revision })
			: await cards.create.mutate(fields);
		this.#savedFilters = filterApplicable;
		this.inputs.rename(saved.datasets);
		return saved;
	}

	protected removeSaved({ cardId }: CardDetail): Promise<unknown> {
		return this.#client.cards.remove.mutate({ cardId });
	}

	protected override whyItStays(caught: unknown): string {
		const names = namesOf(detailsOf(caught));
		return codeOf(caught) === 'IN_USE' && names
			? m.card_in_use({ names: namesInWords(names) })
			: super.whyItStays(caught);
	}
}
