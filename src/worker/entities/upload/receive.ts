// Takes a file whose length is known only at its end, as REST's multipart form brings it: parts leave as soon as they are full.
import { PART_BYTES } from '$lib/contracts/upload';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import type { Part } from '../../infra/s3/port';
import * as repository from './repository';
import { refuseSize } from './service';

type ReceiveDeps = Pick<Deps, 'dynamo' | 'objects' | 'settings' | 'now' | 'newId'>;

export interface Receiver {
	/** @throws AppError TOO_LARGE as soon as the file is longer than an upload may be */
	write(bytes: Uint8Array): Promise<void>;
	/** Makes it a complete upload and returns its id. @throws AppError VALIDATION_ERROR for an empty file */
	finish(): Promise<string>;
	/** Drops what was stored. */
	abort(): Promise<void>;
}

/** Begins to receive. At most one part is held in memory. */
export async function receive(deps: ReceiveDeps, actor: Actor, fileName: string): Promise<Receiver> {
	const { objects, settings } = deps;
	const uploadId = deps.newId('up');
	const ownerId = actor.user.userId;
	const key = repository.objectKey(ownerId, uploadId);
	const multipartId = await objects.createMultipart(key);
	const parts: Part[] = [];
	const held = new Uint8Array(PART_BYTES);
	let heldBytes = 0;
	let size = 0;

	async function sendHeld(): Promise<void> {
		const part = held.slice(0, heldBytes);
		heldBytes = 0;
		const stream = new Blob([part]).stream() as ReadableStream<Uint8Array>;
		parts.push(await objects.putPart(key, multipartId, parts.length + 1, { stream, bytes: part.length }));
	}

	async function write(bytes: Uint8Array): Promise<void> {
		if (bytes.length === 0) return;
		size += bytes.length;
		refuseSize(size, settings.MAX_UPLOAD_BYTES);
		for (let rest = bytes; rest.length > 0;) {
			const taken = rest.subarray(0, PART_BYTES - heldBytes);
			held.set(taken, heldBytes);
			heldBytes += taken.length;
			rest = rest.subarray(taken.length);
			if (heldBytes === PART_BYTES) await sendHeld();
		}
	}

	async function finish(): Promise<string> {
		refuseSize(size, settings.MAX_UPLOAD_BYTES);
		if (heldBytes > 0) await sendHeld();
		await objects.completeMultipart(key, multipartId, parts);
		const etags = Object.fromEntries(parts.map(({ number, etag }) => [number, etag]));
		const fields = { uploadId, ownerId, fileName, size, multipartId, parts: etags, status: 'complete' as const };
		await repository.create(deps.dynamo, repository.newUpload(fields, deps.now()));
		return uploadId;
	}

	return { write, finish, abort: () => objects.abortMultipart(key, multipartId) };
}
