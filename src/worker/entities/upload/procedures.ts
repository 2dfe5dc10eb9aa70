// Procedures about uploads. The parts themselves go to an HTTP route (src/worker/http/upload.ts): they are no JSON.
import * as z from 'zod';
import { upload, uploadCreate, uploadRef } from '$lib/contracts/upload';
import { procedure, router } from '../../trpc';
import * as uploads from './service';

const path = '/uploads/{uploadId}';

export const uploadRouter = router({
	create: procedure({
		access: 'signed-in',
		rest: {
			method: 'POST',
			path: '/uploads',
			status: 201,
			summary: 'Begins an upload; its parts go to `part_url`',
			errors: ['TOO_LARGE'],
		},
	})
		.input(uploadCreate)
		.output(upload)
		.mutation(({ ctx, input }) => uploads.create(ctx.deps, ctx.actor, input)),

	get: procedure({
		access: { action: 'upload.view', id: 'uploadId' },
		rest: { method: 'GET', path, summary: 'One upload and the parts that are stored' },
	})
		.input(uploadRef)
		.output(upload)
		.query(({ ctx, input }) => uploads.get(ctx.deps, ctx.actor, input)),

	complete: procedure({
		access: { action: 'upload.write', id: 'uploadId' },
		rest: { method: 'POST', path: `${path}/complete`, summary: 'Puts the parts together', errors: ['ALREADY_EXISTS'] },
	})
		.input(uploadRef)
		.output(upload)
		.mutation(({ ctx, input }) => uploads.complete(ctx.deps, ctx.actor, input)),

	abort: procedure({
		access: { action: 'upload.write', id: 'uploadId' },
		rest: { method: 'DELETE', path, status: 204, summary: 'Drops an upload', errors: ['ALREADY_EXISTS'] },
	})
		.input(uploadRef)
		.output(z.void())
		.mutation(({ ctx, input }) => uploads.abort(ctx.deps, ctx.actor, input)),
});
