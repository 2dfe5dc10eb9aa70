// A transform while it is written: its fields, the preview that shows what they give, and saving. Knows the client and no markup.
import type { Client } from '$lib/client';
import type { Json } from '$lib/contracts/common';
import type { TransformDetail, TransformPreview } from '$lib/contracts/transform';
import { starterCode } from '$lib/domain/transform-starter';
import { m } from '$lib/paraglide/messages';
import { readDataset, withAliases, type AttachedDataset } from '$lib/state/attached-datasets';
import { codeOf, detailsOf, sentenceOf } from '$lib/state/failures';
import { SavedDraft } from '$lib/components/editor/saved-draft.svelte';
import { Trial } from '$lib/state/trial.svelte';

export class TransformEditor extends SavedDraft<TransformDetail> {
	inputs = $state.raw<AttachedDataset[]>([]);
	schedule = $state<string | null>(null);
	timeZone = $state('UTC');
	runOnInput = $state(false);

	readonly trial = new Trial<TransformPreview>();
	/** Why an input could not be added. */
	inputFailure = $state<string | null>(null);

	#client: Client;

	/** @param options.timeZone that of the reader, for a new transform */
	constructor(
		client: Client,
		options: { transform: TransformDetail | null; inputs: AttachedDataset[]; timeZone: string },
	) {
		super();
		this.#client = client;
		this.inputs = options.inputs;
		this.timeZone = options.timeZone;
		this.code = starterCode(options.inputs);
		if (options.transform) this.#take(options.transform);
		this.settle();
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

	protected get state(): string {
		const { name, code, params, schedule, timeZone, runOnInput } = this;
		return JSON.stringify([name, code, params.text, schedule, timeZone, runOnInput, this.inputIds]);
	}

	get title(): string {
		return this.name || m.transform_untitled();
	}

	get inputIds(): string[] {
		return this.inputs.map(({ datasetId }) => datasetId);
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
		const { failure } = this.trial;
		// The limit is the preview's: a run may take longer.
		if (failure?.code === 'CARD_TIMEOUT') this.trial.failure = { ...failure, message: m.transform_preview_timeout() };
	}

	protected async store(params: Record<string, Json>, over?: number): Promise<TransformDetail> {
		const { name, code, schedule, timeZone, runOnInput, inputIds: inputDatasetIds } = this;
		const fields = { name, code, params, schedule, timeZone, runOnInput, inputDatasetIds };
		const { transforms } = this.#client;
		const saved = this.saved
			? await transforms.update.mutate({
					...fields,
					transformId: this.saved.transformId,
					revision: over ?? this.saved.revision,
				})
			: await transforms.create.mutate(fields);
		this.inputs = withAliases(this.inputs, saved.inputs);
		return saved;
	}

	protected override reasonsOf(caught: unknown): Record<string, string> {
		const { path } = detailsOf(caught) as { path?: string[] };
		if (codeOf(caught) !== 'CYCLE' || !path) return super.reasonsOf(caught);
		return { inputDatasetIds: m.transform_cycle({ path: path.join(' → ') }) };
	}

	protected removeSaved({ transformId }: TransformDetail): Promise<unknown> {
		return this.#client.transforms.remove.mutate({ transformId });
	}

	/** After a run: its output, and when it runs next, or that it pauses. What is being written stays. */
	async refresh(): Promise<void> {
		const { saved } = this;
		if (!saved) return;
		try {
			const { outputDatasetId, outputName, nextRuns, pausedAt, pausedReason, lastRun } =
				await this.#client.transforms.get.query({
					transformId: saved.transformId,
				});
			this.saved = { ...saved, outputDatasetId, outputName, nextRuns, pausedAt, pausedReason, lastRun };
		} catch (caught) {
			this.saveFailure = sentenceOf(caught);
		}
	}
}
