// Reads `application/x-cardinal-frames`: one JSON line, then exactly as many bytes as it says. Never holds a body.
import type * as z from 'zod';
import { AppError } from '../../errors';
import type { Frame, ReceivedFrame } from './port';

/** A longer header is none of ours; the manifest of a thousand partitions and two thousand columns fits. */
const MAX_HEADER_CHARS = 8 * 1024 * 1024;
const NEWLINE = 10;

/**
 * The frames of a stream, up to and with its `result`.
 * @param schema of their headers
 * @throws AppError UPSTREAM_UNAVAILABLE when the stream ends early or is not what it should be
 */
export async function* readFrames<F extends Frame>(
	stream: ReadableStream<Uint8Array>,
	schema: z.ZodType<F>,
): AsyncGenerator<ReceivedFrame<F>, void, void> {
	const source = new ByteSource(stream);
	try {
		for (;;) {
			const frame = parseHeader(await source.line(), schema);
			const body = frame.bytes === undefined ? null : source.body(frame.bytes);
			yield { frame, body };
			if (body && source.unread > 0) throw broken(`a body was left with ${source.unread} bytes unread`);
			if (frame.type === 'result') return;
		}
	} finally {
		await source.cancel();
	}
}

function parseHeader<F>(line: string, schema: z.ZodType<F>): F {
	try {
		return schema.parse(JSON.parse(line));
	} catch (cause) {
		throw broken('a header is not one of the protocol', cause);
	}
}

function broken(message: string, cause?: unknown): AppError {
	return new AppError('UPSTREAM_UNAVAILABLE', { message: `executor stream: ${message}`, cause });
}

/** Chunks of a stream, handed out as lines and as bodies of a given length. */
class ByteSource {
	readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
	#chunk = new Uint8Array(0);
	/** Bytes of the present body that nobody has read. */
	unread = 0;

	constructor(stream: ReadableStream<Uint8Array>) {
		this.#reader = stream.getReader();
	}

	/** Text up to the next newline. */
	async line(): Promise<string> {
		const decoder = new TextDecoder();
		let text = '';
		for (;;) {
			const end = this.#chunk.indexOf(NEWLINE);
			text += decoder.decode(end < 0 ? this.#chunk : this.#chunk.subarray(0, end), { stream: end < 0 });
			if (text.length > MAX_HEADER_CHARS) throw broken('a header is too long');
			if (end >= 0) {
				this.#chunk = this.#chunk.subarray(end + 1);
				return text;
			}
			await this.#more();
		}
	}

	/** The next `bytes` bytes as a stream. */
	body(bytes: number): ReadableStream<Uint8Array> {
		this.unread = bytes;
		return new ReadableStream<Uint8Array>(
			{
				pull: async (controller) => {
					if (this.unread > 0) {
						if (this.#chunk.length === 0) await this.#more();
						const part = this.#chunk.subarray(0, this.unread);
						this.#chunk = this.#chunk.subarray(part.length);
						this.unread -= part.length;
						controller.enqueue(part);
					}
					if (this.unread === 0) controller.close();
				},
			},
			{ highWaterMark: 0 },
		);
	}

	async cancel(): Promise<void> {
		await this.#reader.cancel().catch(() => undefined); // it may have broken already, which its reader was told
	}

	async #more(): Promise<void> {
		const { done, value } = await this.#reader.read().catch((cause: unknown) => {
			throw broken('it broke off', cause);
		});
		if (done) throw broken('it ended early');
		this.#chunk = value as Uint8Array<ArrayBuffer>;
	}
}
