// Uploads as they are stored. The ETags of parts are kept here: not every store can list them.
import * as z from 'zod';
import { PART_BYTES, type Upload } from '$lib/contracts/upload';
import { and, at, change, present, when } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import type { Dynamo, KeyOf, Write } from '../../infra/dynamo/port';
import type { Part } from '../../infra/s3/port';
import { toIso } from '../../time';
import { partCount } from './rules';

const uploadItem = z.object({
	uploadId: z.string(),
	ownerId: z.string(),
	fileName: z.string(),
	size: z.int(),
	/** Of the object. */
	key: z.string(),
	multipartId: z.string(),
	/** ETags by number. */
	parts: z.record(z.string(), z.string()),
	/** `claimed`: an import has it; nobody else may. */
	status: z.enum(['open', 'complete', 'claimed']),
	createdAt: z.number(),
	expiresAt: z.number(),
	ttl: z.int(),
});
export type UploadItem = z.infer<typeof uploadItem>;
export const parse = itemParser('uploads', uploadItem);

export function keyOf(uploadId: string): KeyOf {
	return { table: 'uploads', key: { uploadId } };
}

export function partsOf(upload: UploadItem): Part[] {
	return Object.entries(upload.parts).map(([number, etag]) => ({ number: Number(number), etag }));
}

export function toContract(upload: UploadItem): Upload {
	return {
		uploadId: upload.uploadId,
		fileName: upload.fileName,
		size: upload.size,
		partBytes: PART_BYTES,
		partCount: partCount(upload.size),
		partsDone: partsOf(upload)
			.map(({ number }) => number)
			.sort((left, right) => left - right),
		status: upload.status === 'open' ? 'open' : 'complete',
		partUrl: `/upload/${upload.uploadId}/parts/{part}`,
		expiresAt: toIso(upload.expiresAt),
	};
}

/** Seconds an upload waits. The bucket's lifecycle rule drops what is left of older ones. */
export const UPLOAD_SECONDS = 24 * 60 * 60;

/** Where the file of an upload is kept. */
export function objectKey(ownerId: string, uploadId: string): string {
	return `uploads/${ownerId}/${uploadId}`;
}

/** An upload that begins to wait now. */
export function newUpload(
	fields: Omit<UploadItem, 'key' | 'createdAt' | 'expiresAt' | 'ttl'>,
	now: number,
): UploadItem {
	const expiresAt = now + UPLOAD_SECONDS;
	const key = objectKey(fields.ownerId, fields.uploadId);
	return { ...fields, key, createdAt: now, expiresAt, ttl: Math.ceil(expiresAt) };
}

export async function create(dynamo: Dynamo, upload: UploadItem): Promise<void> {
	await dynamo.put({ table: 'uploads', item: upload });
}

const open = when`${at('status')} = ${'open'}`;

/** Notes a stored part. @throws ConditionFailed when the upload is not open any more */
export async function addPart(dynamo: Dynamo, uploadId: string, { number, etag }: Part): Promise<void> {
	const update = when`SET ${at('parts')}.${at(String(number))} = ${etag}`;
	await dynamo.update({ ...keyOf(uploadId), update, condition: open, repeatable: true });
}

/** @throws ConditionFailed when the upload is not open any more */
export async function complete(dynamo: Dynamo, uploadId: string): Promise<UploadItem> {
	return parse(await dynamo.update({ ...keyOf(uploadId), update: change({ status: 'complete' }), condition: open }));
}

/** Takes a complete upload for one import, until the time when it may be dropped. */
export function claim(uploadId: string, until: number): Write {
	const update = change({ status: 'claimed', expiresAt: until, ttl: Math.ceil(until) });
	const condition = and(present('uploadId'), when`${at('status')} = ${'complete'}`);
	return { update: { ...keyOf(uploadId), update, condition } };
}

export async function remove(dynamo: Dynamo, uploadId: string): Promise<void> {
	await dynamo.remove(keyOf(uploadId));
}

/** Removes an upload unless an import has it. @throws ConditionFailed when one has, or when it is gone */
export async function removeUnclaimed(dynamo: Dynamo, uploadId: string): Promise<void> {
	const condition = and(present('uploadId'), when`${at('status')} <> ${'claimed'}`);
	await dynamo.remove({ ...keyOf(uploadId), condition });
}

/** Those of the uploads that still wait, or that an import has; by id. */
export async function findLive(dynamo: Dynamo, uploadIds: readonly string[], now: number): Promise<Set<string>> {
	const items = await dynamo.batchGet(uploadIds.map(keyOf), { uploads: ['expiresAt'] });
	return new Set(items.flatMap((item) => (item && Number(item['expiresAt']) > now ? [String(item['uploadId'])] : [])));
}
