// Procedures about uploads. The parts themselves go to an HTTP route (src/worker/http/upload.ts): they are no JSON.
import * as z from 'zod';
import { upload, uploadCreate, uploadRef } from '$lib/contracts/upload';
import { procedure, router } from '../../trpc';
import * as uploads from './service';

export const uploadRouter = router({
	create: procedure({ access: 'signed-in' })
		.input(uploadCreate)
		.output(upload)
		.mutation(({ ctx, input }) => uploads.create(ctx.deps, ctx.actor, input)),

	get: procedure({ access: { action: 'upload.view', id: 'uploadId' } })
		.input(uploadRef)
		.output(upload)
		.query(({ ctx, input }) => uploads.get(ctx.deps, ctx.actor, input)),

	complete: procedure({ access: { action: 'upload.write', id: 'uploadId' } })
		.input(uploadRef)
		.output(upload)
		.mutation(({ ctx, input }) => uploads.complete(ctx.deps, ctx.actor, input)),

	abort: procedure({ access: { action: 'upload.write', id: 'uploadId' } })
		.input(uploadRef)
		.output(z.void())
		.mutation(({ ctx, input }) => uploads.abort(ctx.deps, ctx.actor, input)),
});
