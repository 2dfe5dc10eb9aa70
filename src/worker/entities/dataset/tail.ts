// Keeps the last bytes of a stream while it passes, so that a file's footer need not be read back.

export interface Tailed {
	stream: ReadableStream<Uint8Array>;
	/** The last bytes that passed, at most as many as asked for; all of them once the stream has ended. */
	tail(): Uint8Array;
}

export function keepTail(source: ReadableStream<Uint8Array>, bytes: number): Tailed {
	let chunks: Uint8Array[] = [];
	let length = 0;
	const stream = source.pipeThrough(
		new TransformStream<Uint8Array, Uint8Array>({
			transform(chunk, controller) {
				chunks.push(chunk);
				length += chunk.length;
				while (length - chunks[0]!.length >= bytes) length -= chunks.shift()!.length;
				controller.enqueue(chunk);
			},
		}),
	);
	return {
		stream,
		tail() {
			const all = new Uint8Array(length);
			let at = 0;
			for (const chunk of chunks) {
				all.set(chunk, at);
				at += chunk.length;
			}
			chunks = [all];
			return all.subarray(Math.max(0, length - bytes));
		},
	};
}
