// Uploads: a file comes in equal parts, is put together, and waits a day for what uses it.
import type { z } from 'zod';
import { INSPECT_BYTES, type Inspection, type Upload, type uploadCreate } from '$lib/contracts/upload';
import type { ImportOptions } from '$lib/contracts/dataset';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { AppError, invalid, notFound } from '../../errors';
import { ConditionFailed } from '../../infra/dynamo/port';
import * as repository from './repository';
import { bytesOfPart, partCount } from './rules';

type UploadDeps = Pick<Deps, 'access' | 'dynamo' | 'objects' | 'executor' | 'settings' | 'now' | 'newId'>;

/**
 * Begins an upload. Nothing is stored for a file that would be refused anyway.
 * @throws AppError TOO_LARGE · VALIDATION_ERROR for an empty file; both with `details.importCode`
 */
export async function create(
	deps: UploadDeps,
	actor: Actor,
	{ fileName, size }: z.infer<typeof uploadCreate>,
): Promise<Upload> {
	refuseSize(size, deps.settings.MAX_UPLOAD_BYTES);
	const uploadId = deps.newId('up');
	const ownerId = actor.user.userId;
	const multipartId = await deps.objects.createMultipart(repository.objectKey(ownerId, uploadId));
	const item = repository.newUpload(
		{ uploadId, ownerId, fileName, size, multipartId, parts: {}, status: 'open' },
		deps.now(),
	);
	await repository.create(deps.dynamo, item);
	return repository.toContract(item);
}

export async function get(deps: UploadDeps, actor: Actor, { uploadId }: { uploadId: string }): Promise<Upload> {
	const { item } = await deps.access.require(actor, 'upload.view', uploadId);
	return repository.toContract(current(deps, item));
}

/**
 * Stores one part; sending it again replaces it.
 * @param bytes that are coming, as the request says
 * @throws AppError VALIDATION_ERROR for a part that the upload does not have, or one of another length
 */
export async function putPart(
	deps: UploadDeps,
	actor: Actor,
	{
		uploadId,
		number,
		bytes,
		stream,
	}: { uploadId: string; number: number; bytes: number; stream: ReadableStream<Uint8Array> },
): Promise<void> {
	const { item } = await deps.access.require(actor, 'upload.write', uploadId);
	const upload = current(deps, item);
	const expected = bytesOfPart(upload.size, number);
	if (expected === null) throw invalid({ part: `must be between 1 and ${partCount(upload.size)}` });
	if (bytes !== expected) throw invalid({ part: `part ${number} has ${expected} bytes` });
	if (upload.status !== 'open') throw finished();
	const part = await deps.objects.putPart(upload.key, upload.multipartId, number, { stream, bytes });
	await repository.addPart(deps.dynamo, uploadId, part).catch(throwFinished);
	await deps.access.wrote('upload', uploadId);
}

/**
 * Puts the parts together. Asking again is harmless.
 * @throws AppError VALIDATION_ERROR while parts are missing
 */
export async function complete(deps: UploadDeps, actor: Actor, { uploadId }: { uploadId: string }): Promise<Upload> {
	const { item } = await deps.access.require(actor, 'upload.write', uploadId);
	const upload = current(deps, item);
	if (upload.status !== 'open') return repository.toContract(upload);
	const parts = repository.partsOf(upload);
	const missing = partCount(upload.size) - parts.length;
	if (missing > 0) throw invalid({ parts: `${missing} of ${partCount(upload.size)} are missing` });
	await putTogether(deps, upload);
	await deps.access.wrote('upload', uploadId);
	return repository.toContract(await repository.complete(deps.dynamo, uploadId).catch(throwFinished));
}

/** Ends an upload and drops what was stored of it. @throws AppError ALREADY_EXISTS for one that an import has taken */
export async function abort(deps: UploadDeps, actor: Actor, { uploadId }: { uploadId: string }): Promise<void> {
	const { item: upload } = await deps.access.require(actor, 'upload.write', uploadId);
	await repository.removeUnclaimed(deps.dynamo, uploadId).catch((error: unknown) => {
		if (error instanceof ConditionFailed && !error.current) throw notFound(`${uploadId} went meanwhile`);
		return throwFinished(error);
	});
	await deps.access.wrote('upload', uploadId);
	if (upload.status === 'open') await deps.objects.abortMultipart(upload.key, upload.multipartId);
	await deps.objects.remove(upload.key);
}

/** What the first bytes of a file look like. Stores nothing. @throws AppError VALIDATION_ERROR with `details.importCode` */
export async function inspect(
	deps: Pick<UploadDeps, 'executor'>,
	_actor: Actor,
	{ head, options }: { head: Uint8Array<ArrayBuffer>; options: ImportOptions },
): Promise<Inspection> {
	const {
		status: _status,
		rows_seen: rowsSeen,
		...seen
	} = await deps.executor.inspect(head, {
		whole: head.length < INSPECT_BYTES,
		options,
	});
	const rejects = seen.rejects.map(({ detail, ...reject }) => ({ ...reject, ...(detail !== undefined && { detail }) }));
	return { ...seen, rejects, rowsSeen };
}

/** @throws AppError TOO_LARGE · VALIDATION_ERROR */
export function refuseSize(size: number, limit: number): void {
	if (size === 0) {
		const userMessage = 'The file has no rows.';
		throw new AppError('VALIDATION_ERROR', {
			userMessage,
			details: { importCode: 'empty_file', fields: { size: 'must not be 0' } },
		});
	}
	if (size <= limit) return;
	const userMessage = `The file has ${megabytes(size)} MB; at most ${megabytes(limit)} MB can be uploaded.`;
	throw new AppError('TOO_LARGE', { userMessage, details: { importCode: 'too_large', size, limit } });
}

function megabytes(bytes: number): string {
	return (bytes / 1_000_000).toLocaleString('en', { maximumFractionDigits: 1 });
}

/** The upload, unless its time is over: deletion by TTL is lazy. */
function current(deps: UploadDeps, upload: repository.UploadItem): repository.UploadItem {
	if (upload.expiresAt <= deps.now()) throw notFound(`upload ${upload.uploadId} has expired`);
	return upload;
}

async function putTogether(deps: UploadDeps, upload: repository.UploadItem): Promise<void> {
	try {
		await deps.objects.completeMultipart(upload.key, upload.multipartId, repository.partsOf(upload));
	} catch (error) {
		// An earlier try may have done it and not lived to say so.
		if ((await deps.objects.head(upload.key))?.bytes !== upload.size) throw error;
	}
	const stored = await deps.objects.head(upload.key);
	if (stored?.bytes !== upload.size) {
		throw new AppError('UPSTREAM_UNAVAILABLE', {
			message: `${upload.key} has ${stored?.bytes} of ${upload.size} bytes`,
		});
	}
}

function finished(): AppError {
	return new AppError('ALREADY_EXISTS', { userMessage: 'This upload is complete already.' });
}

function throwFinished(error: unknown): never {
	throw error instanceof ConditionFailed ? finished() : error;
}
