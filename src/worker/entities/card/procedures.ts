// Procedures about cards.
import * as z from 'zod';
import {
	cardCreate,
	cardDetail,
	cardExecuteInput,
	cardExecution,
	cardListInput,
	cardPage,
	cardPreview,
	cardPreviewInput,
	cardRef,
	cardUpdate,
	draftPreviewInput,
} from '$lib/contracts/card';
import { RUN_ERRORS } from '$lib/contracts/code';
import { usage } from '$lib/contracts/dataset';
import { procedure, router } from '../../trpc';
import * as runs from './runs';
import * as cards from './service';

const path = '/cards/{cardId}';

export const cardRouter = router({
	list: procedure({
		access: 'signed-in',
		rest: { method: 'GET', path: '/cards', summary: 'Own cards, without their code' },
	})
		.input(cardListInput)
		.output(cardPage)
		.query(({ ctx, input }) => cards.list(ctx.deps, ctx.actor, input)),

	get: procedure({
		access: { action: 'card.view', id: 'cardId' },
		rest: { method: 'GET', path, summary: 'One card, with its code' },
	})
		.input(cardRef)
		.output(cardDetail)
		.query(({ ctx, input }) => cards.get(ctx.deps, ctx.actor, input)),

	create: procedure({
		access: 'signed-in',
		rest: { method: 'POST', path: '/cards', status: 201, summary: 'Makes a card' },
	})
		.input(cardCreate)
		.output(cardDetail)
		.mutation(({ ctx, input }) => cards.create(ctx.deps, ctx.actor, input)),

	update: procedure({
		access: { action: 'card.edit', id: 'cardId' },
		rest: { method: 'PUT', path, summary: 'Changes what is named', errors: ['REVISION_CONFLICT'] },
	})
		.input(cardUpdate)
		.output(cardDetail)
		.mutation(({ ctx, input }) => cards.update(ctx.deps, ctx.actor, input)),

	remove: procedure({
		access: { action: 'card.delete', id: 'cardId' },
		rest: {
			method: 'DELETE',
			path,
			status: 204,
			summary: 'Deletes a card that no dashboard shows',
			errors: ['IN_USE'],
		},
	})
		.input(cardRef)
		.output(z.void())
		.mutation(({ ctx, input }) => cards.remove(ctx.deps, ctx.actor, input)),

	usedBy: procedure({
		access: { action: 'card.view', id: 'cardId' },
		rest: { method: 'GET', path: `${path}/used-by`, summary: 'The dashboards that show it' },
	})
		.input(cardRef)
		.output(z.array(usage))
		.query(({ ctx, input }) => cards.usedBy(ctx.deps, ctx.actor, input)),

	preview: procedure({
		access: { action: 'card.preview', id: 'cardId' },
		rest: {
			method: 'POST',
			path: `${path}/preview`,
			summary: 'Runs a card, or other code in its place; saves and caches nothing',
			errors: RUN_ERRORS,
		},
	})
		.input(cardPreviewInput)
		.output(cardPreview)
		.mutation(({ ctx, input }) => runs.preview(ctx.deps, ctx.actor, input)),

	previewDraft: procedure({ access: 'signed-in' })
		.input(draftPreviewInput)
		.output(cardPreview)
		.mutation(({ ctx, input }) => runs.previewDraft(ctx.deps, ctx.actor, input)),

	execute: procedure({
		access: { action: 'card.view', id: 'cardId', or: { action: 'dashboard.view', id: 'dashboardId' } },
		rest: {
			method: 'POST',
			path: `${path}/execute`,
			summary: 'The rendered card, from the cache where it can be',
			errors: RUN_ERRORS,
		},
	})
		.input(cardExecuteInput)
		.output(cardExecution)
		.mutation(({ ctx, input }) => runs.execute(ctx.deps, ctx.actor, input)),
});
