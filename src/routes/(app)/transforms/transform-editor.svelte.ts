// A transform while it is written: its fields, the preview that shows what they give, and saving without losing somebody
// else's work. Knows the client and no markup.
import type { Client } from '$lib/client';
import type { TransformDetail, TransformPreview } from '$lib/contracts/transform';
import { starterCode } from '$lib/domain/transform-starter';
import { m } from '$lib/paraglide/messages';
import { readDataset, withAliases, type AttachedDataset } from '$lib/state/attached-datasets';
import { codeOf, detailsOf, fieldsOf, sentenceOf } from '$lib/state/failures';
import { ParamsDraft } from '$lib/state/params-draft.svelte';
import { Trial } from '$lib/state/trial.svelte';

export type SaveOutcome = { saved: TransformDetail } | { refused: true };

export class TransformEditor {
	saved = $state.raw<TransformDetail | null>(null);
	name = $state('');
	code = $state('');
	inputs = $state.raw<AttachedDataset[]>([]);
	schedule = $state<string | null>(null);
	timeZone = $state('UTC');
	runOnInput = $state(false);
	readonly params = new ParamsDraft();

	readonly trial = new Trial<TransformPreview>();
	saving = $state(false);
	/** Reasons by field of the last refused save. */
	fieldErrors = $state.raw<Record<string, string>>({});
	saveFailure = $state<string | null>(null);
	/** Why an input could not be added. */
	inputFailure = $state<string | null>(null);
	/** Somebody else saved meanwhile: the revision that stands there now. */
	conflict = $state<number | null>(null);

	#client: Client;
	#savedState = $state('');

	/** @param options.timeZone that of the reader, for a new transform */
	constructor(
		client: Client,
		options: { transform: TransformDetail | null; inputs: AttachedDataset[]; timeZone: string },
	) {
		this.#client = client;
		this.inputs = options.inputs;
		this.timeZone = options.timeZone;
		this.code = starterCode(options.inputs);
		if (options.transform) this.#take(options.transform);
		this.#savedState = this.#state;
	}

	#take(transform: TransformDetail): void {
		this.saved = transform;
		this.name = transform.name;
		this.code = transform.code;
		this.params.take(transform.code, transform.params);
		this.schedule = transform.schedule;
		this.timeZone = transform.timeZone;
		this.runOnInput = transform.runOnInput;
	}

	get #state(): string {
		const { name, code, params, schedule, timeZone, runOnInput } = this;
		return JSON.stringify([name, code, params.text, schedule, timeZone, runOnInput, this.inputIds]);
	}

	/** What the page calls it: a new transform has no name until it is given one. */
	get title(): string {
		return this.name || m.transform_untitled();
	}

	get dirty(): boolean {
		return this.#state !== this.#savedState;
	}

	get inputIds(): string[] {
		return this.inputs.map(({ datasetId }) => datasetId);
	}

	/** Has the form of the parameters follow the code. */
	followCode(): void {
		this.params.follow(this.code);
	}

	/** Nobody has written code yet: what stands there follows the inputs. */
	get untouched(): boolean {
		return this.code === starterCode(this.inputs);
	}

	async attach(datasetId: string): Promise<void> {
		this.inputFailure = null;
		try {
			const before = this.saved?.inputs.find((input) => input.datasetId === datasetId)?.alias;
			const dataset = await readDataset(this.#client, datasetId, before);
			this.#choose([...this.inputs, dataset]);
		} catch (caught) {
			this.inputFailure = sentenceOf(caught);
		}
	}

	detach(datasetId: string): void {
		this.#choose(this.inputs.filter((dataset) => dataset.datasetId !== datasetId));
	}

	#choose(inputs: AttachedDataset[]): void {
		const follows = this.untouched;
		this.inputs = inputs;
		if (follows) this.code = starterCode(inputs);
	}

	/** Runs what stands in the editor, unsaved, on the first rows of its inputs. */
	async preview(): Promise<void> {
		const { code, inputIds: inputDatasetIds, saved } = this;
		this.params.read(code);
		const { values: params, refusal } = this.params;
		if (!params) return;
		const draft = { code, inputDatasetIds, params, ...(saved && { transformId: saved.transformId }) };
		if (refusal) this.trial.refuse(refusal.message, refusal.line);
		else await this.trial.run(() => this.#client.transforms.preview.mutate(draft));
	}

	/**
	 * Saves. `over`: the revision of somebody else's work to save over, once that was chosen.
	 * Failures stay in `fieldErrors`, `conflict` and `saveFailure`.
	 */
	async save(over?: number): Promise<SaveOutcome> {
		this.params.read(this.code);
		const { values: params, refusal } = this.params;
		if (!params || this.saving) return { refused: true };
		const state = this.#state;
		const { name, code, schedule, timeZone, runOnInput, inputIds: inputDatasetIds } = this;
		const fields = { name, code, params, schedule, timeZone, runOnInput, inputDatasetIds };
		[this.saveFailure, this.conflict, this.fieldErrors] = [null, null, refusal ? { params: refusal.message } : {}];
		if (refusal) return { refused: true };
		this.saving = true;
		try {
			const saved = this.saved
				? await this.#client.transforms.update.mutate({
						...fields,
						transformId: this.saved.transformId,
						revision: over ?? this.saved.revision,
					})
				: await this.#client.transforms.create.mutate(fields);
			this.saved = saved;
			this.inputs = withAliases(this.inputs, saved.inputs);
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
		const { current, path } = detailsOf(caught) as { current?: Partial<TransformDetail>; path?: string[] };
		if (codeOf(caught) === 'REVISION_CONFLICT' && current?.revision) this.conflict = current.revision;
		else if (codeOf(caught) === 'CYCLE' && path)
			this.fieldErrors = { inputDatasetIds: m.transform_cycle({ path: path.join(' → ') }) };
		else if (Object.keys(this.fieldErrors).length === 0) this.saveFailure = sentenceOf(caught);
	}

	/** Saves what stands here as a transform of its own, beside somebody else's. */
	async saveCopy(name: string): Promise<SaveOutcome> {
		[this.saved, this.name] = [null, name];
		return this.save();
	}

	/** After a run: its output, and when it runs next, or that it pauses. What is being written stays. */
	async refresh(): Promise<void> {
		const { saved } = this;
		if (!saved) return;
		try {
			const { outputDatasetId, outputName, nextRuns, pausedAt, lastRun } = await this.#client.transforms.get.query({
				transformId: saved.transformId,
			});
			this.saved = { ...saved, outputDatasetId, outputName, nextRuns, pausedAt, lastRun };
		} catch (caught) {
			this.saveFailure = sentenceOf(caught);
		}
	}

	/** Deletes the saved transform. @returns why it stays, or null once it is gone */
	async remove(): Promise<string | null> {
		if (!this.saved) return null;
		try {
			await this.#client.transforms.remove.mutate({ transformId: this.saved.transformId });
			return null;
		} catch (caught) {
			return sentenceOf(caught);
		}
	}
}
