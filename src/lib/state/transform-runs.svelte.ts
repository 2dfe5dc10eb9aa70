// The runs of a transform: newest first, the one that goes on followed while somebody looks. Knows the client and no markup.
import type { Client } from '$lib/client';
import type { Execution } from '$lib/contracts/transform';
import { sentenceOf } from './failures';
import { poll, type Poll } from './poll';

/** Runs that are asked for at once. */
const PAGE = 20;
/** Milliseconds between looks: at a run that began just now, at one that takes long, and where none goes on. */
const PAUSE = { first: 1_000, later: 3_000, idle: 30_000 };
const SOON_MS = 30_000;
/** Milliseconds after which the log of a run that was cancelled is whole: whoever works on it has found out by then. */
const SETTLES_MS = 10_000;

export class TransformRuns {
	items = $state.raw<Execution[]>([]);
	total = $state(0);
	/** They were looked at. */
	known = $state(false);
	starting = $state(false);
	stopping = $state(false);
	/** Why it could not be started, ended or listed further; the next attempt ends it. */
	#refusal = $state<string | null>(null);
	/** Why the last look failed; the next one that goes well ends it. */
	#unseen = $state<string | null>(null);
	readonly failure = $derived(this.#refusal ?? this.#unseen);
	/** The run that somebody here waits for: it was begun here, or went on when they came. */
	awaited = $state<string | null>(null);
	/** The run that goes on; there is one at most. */
	readonly current = $derived(this.items.find(({ status }) => status === 'running') ?? null);

	#client: Client;
	#transformId: string;
	#onend: () => void;
	#poll: Poll | undefined;

	/** @param onend a run that was seen going on has ended, well or badly */
	constructor(client: Client, transformId: string, onend: () => void) {
		this.#client = client;
		this.#transformId = transformId;
		this.#onend = onend;
	}

	/** Looks at the runs from now on. @returns ends that */
	follow(): () => void {
		this.#poll = poll(() => this.#look());
		return () => this.#poll?.stop();
	}

	/** @returns the pause until the next look */
	async #look(): Promise<number> {
		const before = this.current;
		try {
			if (before) this.#merge([await this.#client.transforms.execution.query(refOf(before))]);
			if (!this.current) await this.#list(0);
			this.#unseen = null;
		} catch (caught) {
			this.#unseen = sentenceOf(caught);
		}
		const { current } = this;
		if (before && before.executionId !== current?.executionId) this.#onend();
		if (!current) return isSettling(this.items[0]) ? PAUSE.later : PAUSE.idle;
		return Date.now() - Date.parse(current.startedAt) < SOON_MS ? PAUSE.first : PAUSE.later;
	}

	async #list(offset: number): Promise<void> {
		const transformId = this.#transformId;
		const { items, pagination } = await this.#client.transforms.executions.query({ transformId, limit: PAGE, offset });
		this.#merge(items);
		if (!this.known) this.awaited = this.current?.executionId ?? null;
		this.total = pagination.total;
		this.known = true;
	}

	#merge(fresh: Execution[]): void {
		const byId = new Map([...this.items, ...fresh].map((one) => [one.executionId, one]));
		this.items = [...byId.values()].toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
	}

	/** Adds the next older ones. */
	async older(): Promise<void> {
		await this.#attempt(() => this.#list(this.items.length));
	}

	/** Starts a run of what is saved. @returns false when that was refused: `failure` says why */
	async start(): Promise<boolean> {
		if (this.starting) return false;
		this.starting = true;
		const transformId = this.#transformId;
		const started = await this.#attempt(async () => {
			const begun = await this.#client.transforms.execute.mutate({ transformId });
			this.#merge([begun]);
			this.awaited = begun.executionId;
			this.total++;
		});
		this.starting = false;
		this.#poll?.now();
		return started;
	}

	/** Ends the run that goes on. */
	async cancel(): Promise<void> {
		const { current } = this;
		if (!current || this.stopping) return;
		this.stopping = true;
		await this.#attempt(async () => {
			this.#merge([await this.#client.transforms.cancel.mutate(refOf(current))]);
			this.#onend();
		});
		this.stopping = false;
		this.#poll?.now();
	}

	async #attempt(act: () => Promise<unknown>): Promise<boolean> {
		this.#refusal = null;
		try {
			await act();
			return true;
		} catch (caught) {
			this.#refusal = sentenceOf(caught);
			return false;
		}
	}
}

function refOf({ transformId, executionId }: Execution): { transformId: string; executionId: string } {
	return { transformId, executionId };
}

function isSettling(newest: Execution | undefined): boolean {
	return newest?.status === 'cancelled' && Date.now() - Date.parse(newest.finishedAt ?? '') < SETTLES_MS;
}
