// Which image the executor runs: part of every key, so it must be known before anything is looked up, and without asking the
// executor. An isolate remembers it for a minute and then finds out in the background; a new isolate asks the caches first.
import { AppError } from '../errors';
import type { ExecutorHealth } from '../infra/executor/protocol';
import type { SharedCache } from '../infra/cache/shared-cache';

/** Milliseconds an image is believed without asking again. */
const TRUSTED_MS = 60_000;
const NAME = 'executor-image';

export interface ImageParts {
	/** Asks the executor; not counted on any request's meter. */
	health: () => Promise<ExecutorHealth>;
	/** The weakest sandbox that may serve. */
	minLevel: number;
	/** Milliseconds. */
	now: () => number;
}

/** One for each isolate. */
export class ImageSource {
	readonly #parts: ImageParts;
	#image: string | null = null;
	/** The level of the sandbox, once it was found too weak. */
	#weak: number | null = null;
	#askedAt = -Infinity;

	constructor(parts: ImageParts) {
		this.#parts = parts;
	}

	/**
	 * The image, at most about a minute old.
	 * @throws AppError UPSTREAM_UNAVAILABLE when no cache knows it and the executor does not answer, or is too weak to serve
	 */
	async current({
		hints,
		background,
	}: {
		hints: SharedCache;
		background: (work: Promise<unknown>) => void;
	}): Promise<string> {
		const isOld = this.#parts.now() - this.#askedAt >= TRUSTED_MS;
		if (this.#weak !== null && !isOld) throw this.#refusal(this.#weak);
		if (this.#image !== null) {
			if (isOld) background(this.#ask(hints));
			return this.#image;
		}
		const known = (await hints.getMany([NAME])).get(NAME);
		if (typeof known !== 'string') return this.#ask(hints);
		this.#image ??= known;
		background(this.#ask(hints));
		return this.#image;
	}

	async #ask(hints: SharedCache): Promise<string> {
		this.#askedAt = this.#parts.now();
		const { image, level } = await this.#parts.health();
		this.#weak = level < this.#parts.minLevel ? level : null;
		if (this.#weak !== null) throw this.#refusal(level);
		if (image !== this.#image) await hints.put(NAME, image);
		this.#image = image;
		return image;
	}

	#refusal(level: number): AppError {
		const message = `the executor's sandbox is of level ${level}, ${this.#parts.minLevel} is needed`;
		return new AppError('UPSTREAM_UNAVAILABLE', { message });
	}
}
