// Files of a version on their way into the store: kept as they come, and compared with what their maker says of them.
import type { Column } from '$lib/contracts/dataset';
import type { Deps } from '../../deps';
import { AppError } from '../../errors';
import type { FileFrame, TableManifest } from '../../infra/executor/protocol';
import { readColumns, readFooter, tailLength } from '../../infra/parquet/footer';
import type { CompactFooter, FooterColumn } from '../../infra/parquet/port';
import { keepTail } from './tail';

type FileDeps = Pick<Deps, 'objects'>;

/** The end of each file that is kept while it passes: most footers fit. */
const TAIL_BYTES = 64 * 1024;
/** What a Parquet file begins with. */
const MAGIC_BYTES = 4;
/** Bytes of a schema in JSON that an item carries beside everything else. */
const MAX_SCHEMA_BYTES = 250_000;

/** A file that is stored, and where in it everything lies. */
export interface StoredFile {
	path: string;
	bytes: number;
	sha256: string;
	etag: string;
	metadata: CompactFooter;
	columns: FooterColumn[];
}

/** Stores a file as it comes; it is never whole in memory. */
export async function storeFile(
	deps: FileDeps,
	prefix: string,
	frame: FileFrame,
	body: ReadableStream<Uint8Array>,
): Promise<StoredFile> {
	const key = `${prefix}${frame.path}`;
	const { path, bytes, sha256 } = frame;
	const { stream, tail } = keepTail(body, TAIL_BYTES);
	const { etag } = await deps.objects.putStream(key, { stream, bytes, sha256 });
	const needed = tailLength(tail());
	const end = needed <= tail().length ? tail() : new Uint8Array(await deps.objects.range(key, bytes - needed, bytes));
	return { path, bytes, sha256, etag, metadata: readFooter(end), columns: readColumns(end) };
}

/** What the store has is what the executor says it made: the same files, each with its length and digest. */
export async function checkStored(
	deps: FileDeps,
	prefix: string,
	manifest: TableManifest,
	files: StoredFile[],
): Promise<void> {
	const received = new Map(files.map((file) => [file.path, file]));
	const listed = new Map<string, number>();
	for await (const { key, bytes } of deps.objects.list(prefix)) listed.set(key.slice(prefix.length), bytes);
	const wrong = manifest.files.find(
		({ path, bytes, sha256 }) => received.get(path)?.sha256 !== sha256 || listed.get(path) !== bytes,
	);
	if (wrong || received.size !== manifest.files.length) {
		throw new AppError('UPSTREAM_UNAVAILABLE', {
			message: `what is stored under ${prefix} is not what the manifest says (${wrong?.path})`,
		});
	}
}

/**
 * What is in the files is what the manifest says, of files that somebody's own code may have written: columns, types, rows, and chunks
 * that lie within the file. @throws AppError VALIDATION_ERROR
 */
export function checkFooters(manifest: TableManifest, files: readonly StoredFile[]): void {
	const said = JSON.stringify(manifest.columns.map(({ name, type, zoned }) => [name, type, zoned]));
	for (const { path, bytes, metadata, columns } of files) {
		const end = bytes - metadata.tailBytes;
		const { rows } = manifest.files.find((file) => file.path === path)!;
		const isWithin = ([start, length]: CompactFooter['groups'][number]['chunks'][number]) =>
			start >= MAGIC_BYTES && length >= 0 && start + length <= end;
		const isRight =
			JSON.stringify(columns.map(({ name, type, zoned }) => [name, type, zoned])) === said &&
			metadata.groups.reduce((sum, group) => sum + group.rows, 0) === rows &&
			metadata.groups.every(({ chunks }) => chunks.length === columns.length && chunks.every(isWithin));
		if (!isRight) throw forged(`the footer of ${path} is not what the manifest says`);
	}
	const rows = manifest.files.reduce((sum, file) => sum + file.rows, 0);
	if (rows !== manifest.rows) throw forged('the rows of the files are not those of the manifest');
}

function forged(message: string): AppError {
	const userMessage = 'What the code returned is not a table that can be stored.';
	return new AppError('VALIDATION_ERROR', { message, userMessage, details: { runCode: 'invalid_result' } });
}

/** What is kept beside the files: all that the executor found out, and where in the files everything lies. */
export function toStored<M extends TableManifest>(manifest: M, files: StoredFile[]) {
	const footers = files.map(({ path, bytes, sha256, etag, metadata }) => ({ path, bytes, sha256, etag, metadata }));
	return { ...manifest, footers };
}

/**
 * The columns as an item keeps them.
 * @param refusal the code that an import or a run has for it
 * @throws AppError VALIDATION_ERROR when their names take too much room
 */
export function schemaOf(manifest: TableManifest, refusal: { importCode: string } | { runCode: string }): Column[] {
	const schema = manifest.columns.map(({ name, type, nullable, zoned }): Column => ({ name, type, nullable, zoned }));
	if (JSON.stringify(schema).length > MAX_SCHEMA_BYTES) {
		const userMessage = 'The names of the columns are too long to be kept together.';
		throw new AppError('VALIDATION_ERROR', { userMessage, details: refusal });
	}
	return schema;
}
