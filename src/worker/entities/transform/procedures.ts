// Procedures about transforms.
import * as z from 'zod';
import { RUN_ERRORS } from '$lib/contracts/code';
import {
	execution,
	executionListInput,
	executionPage,
	executionRef,
	nextRuns,
	nextRunsInput,
	transformCreate,
	transformDetail,
	transformListInput,
	transformPage,
	transformPreview,
	transformPreviewInput,
	transformRef,
	transformUpdate,
} from '$lib/contracts/transform';
import { procedure, router } from '../../trpc';
import { preview } from './preview';
import * as runs from './runs';
import * as transforms from './service';

const path = '/transforms/{transformId}';
const viewed = { action: 'transform.view', id: 'transformId' } as const;
const run = { action: 'transform.run', id: 'transformId' } as const;

export const transformRouter = router({
	list: procedure({
		access: 'signed-in',
		rest: { method: 'GET', path: '/transforms', summary: 'Own transforms, without their code' },
	})
		.input(transformListInput)
		.output(transformPage)
		.query(({ ctx, input }) => transforms.list(ctx.deps, ctx.actor, input)),

	get: procedure({ access: viewed, rest: { method: 'GET', path, summary: 'One transform, with its code' } })
		.input(transformRef)
		.output(transformDetail)
		.query(({ ctx, input }) => transforms.get(ctx.deps, ctx.actor, input)),

	create: procedure({
		access: 'signed-in',
		rest: { method: 'POST', path: '/transforms', status: 201, summary: 'Makes a transform; it does not run yet' },
	})
		.input(transformCreate)
		.output(transformDetail)
		.mutation(({ ctx, input }) => transforms.create(ctx.deps, ctx.actor, input)),

	update: procedure({
		access: { action: 'transform.edit', id: 'transformId' },
		rest: { method: 'PUT', path, summary: 'Changes what is named', errors: ['REVISION_CONFLICT', 'CYCLE'] },
	})
		.input(transformUpdate)
		.output(transformDetail)
		.mutation(({ ctx, input }) => transforms.update(ctx.deps, ctx.actor, input)),

	remove: procedure({
		access: { action: 'transform.delete', id: 'transformId' },
		rest: { method: 'DELETE', path, status: 204, summary: 'Deletes a transform; the dataset that it made stays' },
	})
		.input(transformRef)
		.output(z.void())
		.mutation(({ ctx, input }) => transforms.remove(ctx.deps, ctx.actor, input)),

	execute: procedure({
		access: run,
		rest: {
			method: 'POST',
			path: `${path}/execute`,
			status: 202,
			summary: 'Runs a transform; the answer is the execution, which goes on',
			errors: ['ALREADY_RUNNING'],
		},
	})
		.input(transformRef)
		.output(execution)
		.mutation(({ ctx, input }) => runs.execute(ctx.deps, ctx.actor, input)),

	executions: procedure({
		access: viewed,
		rest: { method: 'GET', path: `${path}/executions`, summary: 'Its last runs, newest first' },
	})
		.input(executionListInput)
		.output(executionPage)
		.query(({ ctx, input }) => runs.list(ctx.deps, ctx.actor, input)),

	execution: procedure({
		access: viewed,
		rest: { method: 'GET', path: `${path}/executions/{executionId}`, summary: 'One run, and how far it is' },
	})
		.input(executionRef)
		.output(execution)
		.query(({ ctx, input }) => runs.get(ctx.deps, ctx.actor, input)),

	cancel: procedure({
		access: run,
		rest: {
			method: 'POST',
			path: `${path}/executions/{executionId}/cancel`,
			summary: 'Ends a run; one that is over stays as it is',
		},
	})
		.input(executionRef)
		.output(execution)
		.mutation(({ ctx, input }) => runs.cancel(ctx.deps, ctx.actor, input)),

	preview: procedure({
		access: 'signed-in',
		rest: {
			method: 'POST',
			path: '/transforms/preview',
			summary: 'Runs code on the first 10,000 rows of its inputs; saves nothing',
			errors: RUN_ERRORS,
		},
	})
		.input(transformPreviewInput)
		.output(transformPreview)
		.mutation(({ ctx, input }) => preview(ctx.deps, ctx.actor, input)),

	nextRuns: procedure({
		access: 'signed-in',
		rest: { method: 'GET', path: '/transforms/next-runs', summary: 'The next three times of a schedule' },
	})
		.input(nextRunsInput)
		.output(nextRuns)
		.query(({ ctx, input }) => transforms.nextRuns(ctx.deps, input)),
});
