// What happens between dropping a file and having a dataset: first look, upload in the background, import, result.
// Knows the client and no markup.
import type { Client } from '$lib/client';
import { inspectFile, uploadFile, type UploadProgress } from '$lib/client/upload';
import type { ColumnType, DatasetDetail, ImportError, ImportOptions } from '$lib/contracts/dataset';
import type { Job } from '$lib/contracts/job';
import type { Inspection, Upload } from '$lib/contracts/upload';
import { nameOfFile } from '$lib/components/dataset/file-name';
import { importErrorOf } from '$lib/components/dataset/import-errors';
import { fieldsOf } from '$lib/state/failures';

/** Milliseconds between two looks at a running import. */
const POLL_MS = 600;
/** Looks in a row that may fail before the page gives up on hearing of its import. */
const LOST_LOOKS = 10;

export type Step = 'file' | 'check' | 'import' | 'done';

export class ImportWizard {
	step = $state<Step>('file');
	file = $state.raw<File | null>(null);
	name = $state('');
	/** Why the name was refused. */
	nameError = $state<string | null>(null);

	/** What was detected, with the overrides applied. */
	inspection = $state.raw<Inspection | null>(null);
	/** What was detected before anything was overridden. */
	detected = $state.raw<Inspection | null>(null);
	inspecting = $state(false);
	options = $state.raw<ImportOptions>({});

	progress = $state.raw<UploadProgress | null>(null);
	/** When the first byte left: the base of the time left. */
	startedAt = 0;
	upload = $state.raw<Upload | null>(null);

	job = $state.raw<Job | null>(null);
	dataset = $state.raw<DatasetDetail | null>(null);
	/** What ended this attempt; the way on is another file or other options. */
	failure = $state.raw<ImportError | null>(null);
	cancelling = $state(false);

	#client: Client;
	#sending: AbortController | null = null;
	#looking: AbortController | null = null;
	#uploaded: Promise<Upload> | null = null;

	constructor(client: Client) {
		this.#client = client;
	}

	/** True while leaving the page would lose something. */
	get unsaved(): boolean {
		return (
			this.file !== null && (this.step === 'check' || (this.step === 'import' && this.job === null && !this.failure))
		);
	}

	/** Takes a file: once the server accepts it, sends it and looks at its beginning meanwhile. */
	choose(file: File): void {
		this.discard();
		this.file = file;
		this.name = nameOfFile(file.name);
		this.#send(file, () => this.inspect({}));
	}

	#send(file: File, onaccepted?: () => void): void {
		const sending = new AbortController();
		this.#sending = sending;
		this.startedAt = Date.now();
		this.progress = { sent: 0, total: file.size };
		this.#uploaded = uploadFile(file, {
			client: this.#client,
			...(onaccepted && { onaccepted }),
			onprogress: (progress) => (this.progress = progress),
			signal: sending.signal,
		});
		this.#uploaded.then(
			(upload) => {
				if (!sending.signal.aborted) this.upload = upload;
			},
			(error: unknown) => {
				if (!sending.signal.aborted) this.#fail(error);
			},
		);
	}

	/** Looks again with other settings; only the last look counts. */
	async inspect(options: ImportOptions): Promise<void> {
		if (!this.file) return;
		this.#looking?.abort();
		const looking = (this.#looking = new AbortController());
		this.options = options;
		this.inspecting = true;
		try {
			const inspection = await inspectFile(this.file, formatOf(options), looking.signal);
			this.inspection = inspection;
			this.detected ??= inspection;
			this.options = keepKnownColumns(options, inspection);
			if (this.step === 'file') this.step = 'check';
		} catch (error) {
			if (!looking.signal.aborted) this.#fail(error);
		} finally {
			if (this.#looking === looking) this.inspecting = false;
		}
	}

	/** Overrides the type of a column; the detected one again takes the override back. */
	setType(column: string, type: ColumnType): void {
		const { [column]: _, ...types } = this.options.types ?? {};
		const detected = this.inspection?.columns.find((known) => known.name === column)?.type;
		if (type !== detected) types[column] = type;
		this.options = { ...this.options, types };
	}

	/** Imports once the upload is complete, and follows the job until it ends. */
	async run(): Promise<void> {
		const uploaded = this.#uploaded;
		if (!uploaded) return;
		this.nameError = null;
		this.failure = null;
		this.step = 'import';
		try {
			const { uploadId } = await uploaded;
			const dataset = await this.#client.datasets.import.mutate({ uploadId, name: this.name, options: this.options });
			await this.#follow(dataset);
		} catch (error) {
			if (this.#sending?.signal.aborted) return;
			const reason = fieldsOf(error)['name'];
			if (reason) [this.nameError, this.step] = [reason, 'check'];
			else this.#fail(error);
		}
	}

	async #follow(dataset: DatasetDetail): Promise<void> {
		if (dataset.jobId && dataset.status === 'importing') {
			const job = await this.#end(dataset.jobId);
			if (job.status === 'cancelled') return this.discard();
			if (job.status === 'failed') {
				this.failure = job.error ?? { importCode: 'unknown', message: '' };
				return;
			}
		}
		const { datasetId } = dataset;
		const imported = await this.#client.datasets.get.query({ datasetId });
		this.dataset = imported;
		if (imported.status === 'failed' && imported.error) this.failure = imported.error;
		else this.step = 'done';
	}

	/** Looks at the job until it has ended. The import goes on whether we hear of it or not, so a lost look is no failure of it. */
	async #end(jobId: string): Promise<Job> {
		for (let lost = 0; ;) {
			try {
				const job = await this.#client.jobs.get.query({ jobId });
				this.job = job;
				lost = 0;
				if (job.status !== 'queued' && job.status !== 'running') return job;
			} catch (error) {
				if (++lost > LOST_LOOKS) throw error;
			}
			await new Promise((resolve) => setTimeout(resolve, POLL_MS));
		}
	}

	/** Stops whatever goes on: an upload is dropped, a job is told to end. */
	async cancel(): Promise<void> {
		if (!this.job) return this.discard();
		this.cancelling = true;
		try {
			await this.#client.jobs.cancel.mutate({ jobId: this.job.jobId });
		} catch (error) {
			this.#fail(error);
		} finally {
			this.cancelling = false;
		}
	}

	/** After a failed import: the same file again, with other settings. What the failed attempt sent may be gone, so it is sent again. */
	again(): void {
		if (!this.file) return;
		this.failure = this.job = this.upload = null;
		this.step = 'check';
		this.#send(this.file);
	}

	/** Back to the first step, with nothing kept. */
	discard(): void {
		this.#sending?.abort(new DOMException('Cancelled', 'AbortError'));
		this.#looking?.abort(new DOMException('Cancelled', 'AbortError'));
		this.#uploaded = null;
		this.step = 'file';
		this.file =
			this.inspection =
			this.detected =
			this.progress =
			this.upload =
			this.job =
			this.dataset =
			this.failure =
				null;
		this.options = {};
		this.nameError = null;
	}

	#fail(error: unknown): void {
		this.#sending?.abort(error);
		this.#looking?.abort(error);
		this.failure = importErrorOf(error);
	}
}

/** What the first look needs: types and partitions are judged by the page and by the import. */
function formatOf({ hasHeader, delimiter, quote, encoding, skipRows }: ImportOptions): ImportOptions {
	return Object.fromEntries(
		Object.entries({ hasHeader, delimiter, quote, encoding, skipRows }).filter(([, value]) => value !== undefined),
	);
}

/** Another delimiter or header gives other columns: overrides of columns that are gone go too. */
function keepKnownColumns(options: ImportOptions, inspection: Inspection): ImportOptions {
	const names = new Set(inspection.columns.map((column) => column.name));
	const types = Object.fromEntries(Object.entries(options.types ?? {}).filter(([name]) => names.has(name)));
	const { partitionColumn, ...rest } = options;
	return { ...rest, types, ...(partitionColumn !== undefined && names.has(partitionColumn) && { partitionColumn }) };
}
