// Values that this isolate has at hand, the least recently used going first. For values that never change under their name:
// nobody could take one back.

/** Milliseconds that a vain search of KV is not repeated. KV itself goes on saying "not there" for longer. */
const MISSING_MS = 10_000;
const MAX_MISSING = 10_000;

export class IsolateMemory {
	readonly #missing = new Map<string, number>();
	readonly #values = new Map<string, { value: unknown; chars: number }>();
	readonly #maxChars: number;
	#chars = 0;

	/** @param maxChars characters of JSON, or bytes, that are kept */
	constructor(maxChars: number) {
		this.#maxChars = maxChars;
	}

	/** The value, or undefined. */
	get(name: string): unknown {
		const entry = this.#values.get(name);
		if (!entry) return undefined;
		this.#values.delete(name);
		this.#values.set(name, entry);
		return entry.value;
	}

	/** Remembers that no cache has it. */
	miss(name: string, now: number): void {
		if (this.#missing.size >= MAX_MISSING) this.#missing.clear();
		this.#missing.set(name, now + MISSING_MS);
	}

	/** Whether no cache had it a moment ago. */
	isMissing(name: string, now: number): boolean {
		return (this.#missing.get(name) ?? 0) > now;
	}

	/** @param size of a value that is none of JSON, in bytes */
	keep(name: string, value: unknown, size?: number): void {
		this.#missing.delete(name);
		this.#forget(name);
		const chars = size ?? JSON.stringify(value).length;
		// One value does not push out everything else.
		if (chars > this.#maxChars / 8) return;
		this.#values.set(name, { value, chars });
		this.#chars += chars;
		for (const oldest of this.#values.keys()) {
			if (this.#chars <= this.#maxChars) break;
			this.#forget(oldest);
		}
	}

	#forget(name: string): void {
		this.#chars -= this.#values.get(name)?.chars ?? 0;
		this.#values.delete(name);
	}
}
