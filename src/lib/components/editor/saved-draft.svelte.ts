// What the editors of cards and of transforms share: a name, code and its parameters while they are written, whether they differ
// from what is saved, and saving without losing somebody else's work. Knows neither kind, and no markup.
// It lies with the editors, as it reads code: what lies with the state of all pages must not carry a parser of Python.
import type { Json } from '$lib/contracts/common';
import { codeOf, detailsOf, fieldsOf, sentenceOf } from '$lib/state/failures';
import { ParamsDraft } from '$lib/state/params-draft.svelte';

export type SaveOutcome<Saved> = { saved: Saved } | { refused: true };

/** Whoever extends it calls `settle` once all that is saved stands in it. */
export abstract class SavedDraft<Saved extends { revision: number }> {
	saved = $state.raw<Saved | null>(null);
	name = $state('');
	code = $state('');
	readonly params = new ParamsDraft();

	saving = $state(false);
	/** Reasons by field of the last refused save. */
	fieldErrors = $state.raw<Record<string, string>>({});
	saveFailure = $state<string | null>(null);
	/** Somebody else saved meanwhile: the revision that stands there now. */
	conflict = $state<number | null>(null);

	#savedState = $state('');
	/** What stood here when the last save was refused. */
	#refusedState = $state<string | null>(null);

	/** What the page calls it: something new has no name until it is given one. */
	abstract get title(): string;

	/** All that is written and can be saved, as one text. */
	protected abstract get state(): string;

	/** Stores it, as something new unless it is saved. `over`: the revision to save over, in place of the one that was read. */
	protected abstract store(params: Record<string, Json>, over?: number): Promise<Saved>;

	/** Deletes what is saved. */
	protected abstract removeSaved(saved: Saved): Promise<unknown>;

	/** The code that may declare parameters. */
	protected get python(): string {
		return this.code;
	}

	/** What is missing, by field, where this is known without asking; the API would say the same, but in its own words. */
	protected get lacks(): Record<string, string> {
		return {};
	}

	/** Reasons by field of a save that was refused. */
	protected reasonsOf(caught: unknown): Record<string, string> {
		return fieldsOf(caught);
	}

	/** Why it could not be deleted. */
	protected whyItStays(caught: unknown): string {
		return sentenceOf(caught);
	}

	/** What stands here now is what is saved. */
	protected settle(): void {
		this.#savedState = this.state;
	}

	get dirty(): boolean {
		return this.state !== this.#savedState;
	}

	/** The last save was refused, and nothing has been changed since: what was marked then may be mended by now. */
	get refused(): boolean {
		return this.state === this.#refusedState;
	}

	/** Why a field was refused, or a part of it, such as one id in a list. */
	reasonFor(field: string): string | undefined {
		return Object.entries(this.fieldErrors).find(([named]) => named.startsWith(field))?.[1];
	}

	/** Has the form of the parameters follow the code. */
	followCode(): void {
		this.params.follow(this.python);
	}

	/**
	 * Saves. `over`: the revision of somebody else's work to save over, once that was chosen.
	 * Failures stay in `fieldErrors`, `conflict` and `saveFailure`.
	 */
	async save(over?: number): Promise<SaveOutcome<Saved>> {
		this.params.read(this.python);
		const { values: params, refusal } = this.params;
		if (!params || this.saving) return { refused: true };
		[this.saveFailure, this.conflict] = [null, null];
		this.fieldErrors = { ...(refusal && { params: refusal.message }), ...this.lacks };
		const { state } = this;
		this.#refusedState = state;
		if (Object.keys(this.fieldErrors).length > 0) return { refused: true };
		this.saving = true;
		try {
			const saved = await this.store(params, over);
			this.saved = saved;
			[this.#savedState, this.#refusedState] = [state, null];
			return { saved };
		} catch (caught) {
			this.#refuse(caught);
			return { refused: true };
		} finally {
			this.saving = false;
		}
	}

	#refuse(caught: unknown): void {
		this.fieldErrors = this.reasonsOf(caught);
		const current = detailsOf(caught)['current'] as Partial<Saved> | undefined;
		if (codeOf(caught) === 'REVISION_CONFLICT' && current?.revision) this.conflict = current.revision;
		else if (Object.keys(this.fieldErrors).length === 0) this.saveFailure = sentenceOf(caught);
	}

	/** Saves what stands here as something of its own, beside somebody else's. */
	async saveCopy(name: string): Promise<SaveOutcome<Saved>> {
		[this.saved, this.name] = [null, name];
		return this.save();
	}

	/** Deletes what is saved. @returns why it stays, or null once it is gone */
	async remove(): Promise<string | null> {
		if (!this.saved) return null;
		try {
			await this.removeSaved(this.saved);
			return null;
		} catch (caught) {
			return this.whyItStays(caught);
		}
	}
}
