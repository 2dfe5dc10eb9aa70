// Procedures about jobs.
import { job, jobRef } from '$lib/contracts/job';
import { procedure, router } from '../../trpc';
import * as jobs from './service';

export const jobRouter = router({
	get: procedure({
		access: { action: 'job.view', id: 'jobId' },
		rest: { method: 'GET', path: '/jobs/{jobId}', summary: 'How far an import or a run is' },
	})
		.input(jobRef)
		.output(job)
		.query(({ ctx, input }) => jobs.get(ctx.deps, ctx.actor, input)),

	cancel: procedure({
		access: { action: 'job.cancel', id: 'jobId' },
		rest: {
			method: 'POST',
			path: '/jobs/{jobId}/cancel',
			summary: 'Ends an import or a run; one that is over stays as it is',
		},
	})
		.input(jobRef)
		.output(job)
		.mutation(({ ctx, input }) => jobs.cancel(ctx.deps, ctx.actor, input)),
});
