// A card while it is written: its fields, the run that shows what they give, and saving without losing somebody else's work.
// Knows the client and no markup.
import type { Client } from '$lib/client';
import type { CardDetail, CardPreview } from '$lib/contracts/card';
import type { Json } from '$lib/contracts/common';
import { namesOf } from '$lib/domain/usage-names';
import { m } from '$lib/paraglide/messages';
import type { AttachedDataset } from '$lib/state/attached-datasets';
import { codeOf, detailsOf, fieldsOf, sentenceOf } from '$lib/state/failures';
import { ParamsDraft } from '$lib/state/params-draft.svelte';
import { Trial } from '$lib/state/trial.svelte';
import { CardInputs } from './card-inputs.svelte';

export type SaveOutcome = { saved: CardDetail } | { refused: true };

const FIRST_CODE = 'def render(dataset, filters, params):\n    return dataset.head(20)\n';

export class CardEditor {
	saved = $state.raw<CardDetail | null>(null);
	name = $state('');
	description = $state<string | null>(null);
	cardType = $state<'code' | 'text'>('code');
	code = $state(FIRST_CODE);
	scripts = $state(false);
	filterApplicable = $state.raw<string[] | null>(null);
	readonly params = new ParamsDraft();
	readonly inputs: CardInputs;

	readonly trial = new Trial<CardPreview>();
	saving = $state(false);
	/** Reasons by field of the last refused save. */
	fieldErrors = $state.raw<Record<string, string>>({});
	saveFailure = $state<string | null>(null);
	/** Somebody else saved meanwhile: the revision that stands there now. */
	conflict = $state<number | null>(null);

	#client: Client;
	#savedState = $state('');
	#savedFilters: string[] | null = null;

	constructor(client: Client, options: { card: CardDetail | null; datasets: AttachedDataset[]; name: string }) {
		this.#client = client;
		this.inputs = new CardInputs(client, options.datasets);
		this.name = options.name;
		if (options.card) this.#take(options.card);
		this.#savedState = this.#state;
	}

	#take(card: CardDetail): void {
		this.saved = card;
		this.name = card.name;
		this.description = card.description;
		this.cardType = card.cardType;
		this.code = card.code;
		this.params.take(this.#python, card.params);
		this.scripts = card.scripts;
		this.filterApplicable = this.#savedFilters = card.filterApplicable;
	}

	get #state(): string {
		const { name, description, cardType, code, params, scripts, filterApplicable } = this;
		return JSON.stringify([name, description, cardType, code, params.text, scripts, filterApplicable, this.inputs.ids]);
	}

	/** What the page calls it: a new card has no name until it is given one. */
	get title(): string {
		return this.name || m.card_untitled();
	}

	get dirty(): boolean {
		return this.#state !== this.#savedState;
	}

	/** The code that may declare parameters. */
	get #python(): string {
		return this.cardType === 'code' ? this.code : '';
	}

	/** Has the form of the parameters follow the code. */
	followCode(): void {
		this.params.follow(this.#python);
	}

	/** Code works on data; the API would say the same, but in its own words. */
	get #lacksData(): boolean {
		return this.cardType === 'code' && this.inputs.ids.length === 0;
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
		this.params.read(this.#python);
		const { values: params, refusal } = this.params;
		if (!params) return;
		if (this.#lacksData) this.trial.refuse(m.card_needs_dataset());
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

	/**
	 * Saves. `over`: the revision of somebody else's work to save over, once that was chosen.
	 * Failures stay in `fieldErrors`, `conflict` and `saveFailure`.
	 */
	async save(over?: number): Promise<SaveOutcome> {
		this.params.read(this.#python);
		const { values: params, refusal } = this.params;
		if (!params || this.saving) return { refused: true };
		const state = this.#state;
		const { name, code, description, cardType, scripts, filterApplicable } = this;
		// Sent back unchanged, a list that the code declares would stop following the code.
		const chosen = filterApplicable !== this.#savedFilters && { filterApplicable };
		const fields = { name, code, description, cardType, scripts, params, datasetIds: this.inputs.ids, ...chosen };
		[this.saveFailure, this.conflict, this.fieldErrors] = [null, null, {}];
		if (this.#lacksData) {
			this.fieldErrors = { datasetIds: m.card_needs_dataset() };
			return { refused: true };
		}
		if (refusal) {
			this.fieldErrors = { params: refusal.message };
			return { refused: true };
		}
		this.saving = true;
		try {
			const saved = this.saved
				? await this.#client.cards.update.mutate({
						...fields,
						cardId: this.saved.cardId,
						revision: over ?? this.saved.revision,
					})
				: await this.#client.cards.create.mutate(fields);
			this.saved = saved;
			this.#savedFilters = filterApplicable;
			this.inputs.rename(saved.datasets);
			this.#savedState = state;
			return { saved };
		} catch (caught) {
			this.#refuse(caught);
			return { refused: true };
		} finally {
			this.saving = false;
		}
	}

	#refuse(caught: unknown): void {
		this.fieldErrors = fieldsOf(caught);
		const current = detailsOf(caught)['current'] as Partial<CardDetail> | undefined;
		if (codeOf(caught) === 'REVISION_CONFLICT' && current?.revision) this.conflict = current.revision;
		else if (Object.keys(this.fieldErrors).length === 0) this.saveFailure = sentenceOf(caught);
	}

	/** Deletes the saved card. @returns why it stays, or null once it is gone */
	async remove(): Promise<string | null> {
		if (!this.saved) return null;
		try {
			await this.#client.cards.remove.mutate({ cardId: this.saved.cardId });
			return null;
		} catch (caught) {
			const names = namesOf(detailsOf(caught));
			return codeOf(caught) === 'IN_USE' && names ? m.card_in_use({ names }) : sentenceOf(caught);
		}
	}

	/** Saves what stands here as a card of its own, beside somebody else's. */
	async saveCopy(name: string): Promise<SaveOutcome> {
		[this.saved, this.name] = [null, name];
		return this.save();
	}
}
