// A multipart form read as it comes: small fields as text, one file handed on chunk by chunk. Knows no entity.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { AppError, invalid } from '../errors';

/** Where the file goes. `write` is awaited before more is read, so that a slow store slows the sender. */
export interface FileSink {
	write(bytes: Uint8Array): Promise<void>;
	abort(): Promise<void>;
}

export interface Form<S> {
	/** By name; of several with one name, the last. */
	fields: Record<string, string>;
	/** Undefined when the form has no part of the file's name. */
	file: S | undefined;
}

interface FileOptions<S> {
	fileField: string;
	/** Makes the sink, once the file's part begins. */
	open: (fileName: string) => Promise<S>;
}

const LIMITS = { parts: 50, files: 1, fieldSize: 64 * 1024, headerSize: 16 * 1024 };

/**
 * Reads a form whose part `fileField` is a file. Whatever fails, what the file's sink has stored is dropped.
 * @throws AppError `UNSUPPORTED_MEDIA_TYPE`, `BAD_REQUEST` for a broken form, and whatever the sink throws
 */
export async function readForm<S extends FileSink>(
	request: Request,
	{ fileField, open }: FileOptions<S>,
): Promise<Form<S>> {
	const parser = createParser(request.headers.get('content-type') ?? '', fileField);
	const fields = Object.create(null) as Record<string, string>;
	const stop = new AbortController();
	let file: S | undefined;
	let content: Readable | undefined;
	let stored: Promise<void> = Promise.resolve();

	async function store(stream: Readable, fileName: string): Promise<void> {
		file = await open(fileName);
		for await (const chunk of stream as AsyncIterable<Uint8Array>) await file.write(chunk);
	}
	parser.on('file', (_field, stream, fileName: string | undefined) => {
		content = stream;
		stored = store(stream, fileName ?? '');
		stored.catch((error: unknown) => stop.abort(error));
	});
	parser.on('field', (name: string | undefined, value, _nameTruncated, truncated) => {
		if (name === undefined) return stop.abort(new Error('a part without a name'));
		if (truncated) return stop.abort(invalid({ [name]: 'is too long' }));
		fields[name] = value;
	});
	parser.on('filesLimit', () => stop.abort(invalid({ [fileField]: 'is there twice' })));
	parser.on('partsLimit', () => stop.abort(new Error('too many parts')));
	try {
		await pipeline(Readable.from(request.body ?? []), parser, { signal: stop.signal });
		await stored;
		return { fields, file };
	} catch (error) {
		content?.destroy();
		await stored.catch(() => undefined); // it is the same failure, or the end of its stream
		await file?.abort();
		throw asRefusal(stop.signal.aborted ? stop.signal.reason : error);
	}
}

function createParser(contentType: string, fileField: string): BusboyInstance {
	if (!/^multipart\/form-data\s*(;|$)/i.test(contentType)) {
		throw new AppError('UNSUPPORTED_MEDIA_TYPE', { userMessage: 'Send the file as multipart/form-data.' });
	}
	try {
		return new Busboy({
			headers: { 'content-type': contentType },
			limits: LIMITS,
			isPartAFile: (name) => name === fileField,
		});
	} catch (cause) {
		throw asRefusal(cause);
	}
}

function asRefusal(error: unknown): AppError {
	if (error instanceof AppError) return error;
	return new AppError('BAD_REQUEST', { userMessage: 'The form could not be read.', cause: error });
}
