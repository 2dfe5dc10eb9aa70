// Values that this isolate has at hand, the least recently used going first. For values that never change under their name:
// nobody could take one back.

/** Characters of JSON that are kept: a fraction of the 128 MB that an isolate has, since a value is larger than its text. */
const MAX_CHARS = 16 * 1024 * 1024;

export class IsolateMemory {
	readonly #values = new Map<string, { value: unknown; chars: number }>();
	#chars = 0;

	/** The value, or undefined. */
	get(name: string): unknown {
		const entry = this.#values.get(name);
		if (!entry) return undefined;
		this.#values.delete(name);
		this.#values.set(name, entry);
		return entry.value;
	}

	keep(name: string, value: unknown): void {
		this.#forget(name);
		const chars = JSON.stringify(value).length;
		// One value does not push out everything else.
		if (chars > MAX_CHARS / 8) return;
		this.#values.set(name, { value, chars });
		this.#chars += chars;
		for (const oldest of this.#values.keys()) {
			if (this.#chars <= MAX_CHARS) break;
			this.#forget(oldest);
		}
	}

	#forget(name: string): void {
		this.#chars -= this.#values.get(name)?.chars ?? 0;
		this.#values.delete(name);
	}
}
