// The body of a request as a JSON object, or the reason why it is none. Knows no contract.
import { AppError } from '../../errors';
import { refuseStrange } from '../../well-formed';

/** Bytes of a JSON body. */
export const MAX_JSON_BYTES = 8 * 1024 * 1024;

/**
 * Reads a JSON object. A request without a body is an empty object.
 * @throws AppError `UNSUPPORTED_MEDIA_TYPE`, `TOO_LARGE`, `BAD_REQUEST` (not JSON, not UTF-8, not an object) or
 *   `VALIDATION_ERROR` (a text that is not Unicode)
 */
export async function readJsonObject(request: Request): Promise<Record<string, unknown>> {
	const bytes = await readBytes(request, MAX_JSON_BYTES);
	if (bytes.length === 0) return {};
	if (!isJson(request.headers.get('content-type'))) {
		throw new AppError('UNSUPPORTED_MEDIA_TYPE', { userMessage: 'Send the body as application/json in UTF-8.' });
	}
	const value = parse(bytes);
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		throw new AppError('BAD_REQUEST', { userMessage: 'The body must be a JSON object.' });
	}
	refuseStrange(value);
	return value as Record<string, unknown>;
}

/** @throws AppError `TOO_LARGE`, as soon as it is known */
async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
	const tooLarge = () =>
		new AppError('TOO_LARGE', { userMessage: `A JSON body may have up to ${limit / 1024 / 1024} MB.` });
	if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge();
	if (!request.body) return new Uint8Array();
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of request.body as ReadableStream<Uint8Array>) {
		size += chunk.length;
		if (size > limit) throw tooLarge();
		chunks.push(chunk);
	}
	const bytes = new Uint8Array(size);
	let offset = 0;
	for (const chunk of chunks) {
		bytes.set(chunk, offset);
		offset += chunk.length;
	}
	return bytes;
}

function isJson(contentType: string | null): boolean {
	const [type = '', ...parameters] = (contentType ?? '')
		.toLowerCase()
		.split(';')
		.map((part) => part.trim());
	const charset = parameters
		.find((parameter) => parameter.startsWith('charset='))
		?.slice('charset='.length)
		.replaceAll('"', '');
	return type === 'application/json' && (charset === undefined || charset === 'utf-8' || charset === 'utf8');
}

function parse(bytes: Uint8Array): unknown {
	try {
		return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes));
	} catch (cause) {
		throw new AppError('BAD_REQUEST', { userMessage: 'The body is not valid JSON in UTF-8.', cause });
	}
}
