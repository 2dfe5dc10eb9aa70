// One Durable Object for each key of content: it makes the content once and keeps it until every location can read it from KV.
// Lifecycle only; how content is made is in src/worker/render.
import { DurableObject } from 'cloudflare:workers';
import { createScopes, type ScopeOf } from '../deps';
import { readEnv } from '../env';
import type { RenderOptions } from '../infra/renders/port';
import { execute } from '../render/execute';
import { bodyName } from '../render/bodies';
import type { Envelope, SpentOutcome } from '../render/outcome';
import type { CardTask } from '../render/task';
import { Once } from './once';

/** KV may answer "not there" for a minute after somebody looked in vain; this is longer. */
const KEPT_MS = 150_000;
/** One stored value holds at most 2 MB. */
const CHUNK_CHARS = 500_000;

let scopes: ScopeOf | undefined;

export class RenderDO extends DurableObject<Record<string, unknown>> {
	readonly #once = new Once();
	#kept: Envelope | null = null;

	/** The content of a key, as `Renders.render` promises it. */
	async render(task: CardTask, { fresh, dashboardId }: RenderOptions): Promise<SpentOutcome> {
		const kept = fresh ? null : await this.peek();
		if (kept) return { status: 'ok', envelope: kept, cached: true, spent: {} };
		return this.#once.run({ make: () => this.#make(task, dashboardId), now: Date.now }, { fresh });
	}

	/** What was made within the last minutes. */
	async peek(): Promise<Envelope | null> {
		this.#kept ??= await this.#load();
		return this.#kept;
	}

	override async alarm(): Promise<void> {
		this.#kept = null;
		await this.ctx.storage.deleteAll();
	}

	async #make(task: CardTask, dashboardId: string | null): Promise<SpentOutcome> {
		scopes ??= createScopes(readEnv(this.env));
		const { deps, cost } = scopes(this.ctx);
		const outcome = await execute(deps, task, { dashboardId });
		if (outcome.status === 'ok') {
			// Nobody waits for KV: until it can tell everybody, this object answers.
			deps.background(deps.shared.put(bodyName(task.key), outcome.envelope));
			await this.#keep(outcome.envelope);
		}
		return { ...outcome, spent: { ...cost.calls } };
	}

	async #keep(envelope: Envelope): Promise<void> {
		this.#kept = envelope;
		const text = JSON.stringify(envelope);
		const chunks: Record<string, string> = {};
		for (let start = 0; start < text.length; start += CHUNK_CHARS) {
			chunks[`part-${String(start).padStart(12, '0')}`] = text.slice(start, start + CHUNK_CHARS);
		}
		await this.ctx.storage.deleteAll();
		await this.ctx.storage.put(chunks);
		await this.ctx.storage.setAlarm(Date.now() + KEPT_MS);
	}

	async #load(): Promise<Envelope | null> {
		const chunks = await this.ctx.storage.list<string>({ prefix: 'part-' });
		return chunks.size > 0 ? (JSON.parse([...chunks.values()].join('')) as Envelope) : null;
	}
}
