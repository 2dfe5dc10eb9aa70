// A stream of JSON lines, one value at a time as its line is complete.

/** Yields each line's value; an empty line is skipped, a broken one throws. Leaving the loop cancels the stream. */
export async function* readLines<T>(body: ReadableStream<Uint8Array>): AsyncGenerator<T> {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	let rest = '';
	try {
		for (;;) {
			const { done, value } = await reader.read();
			rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
			const lines = rest.split('\n');
			rest = done ? '' : (lines.pop() ?? '');
			for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as T;
			if (done) return;
		}
	} finally {
		await reader.cancel();
	}
}
