// Procedures about shares of a dashboard.
import * as z from 'zod';
import { share, shareCreate, shareListInput, shareRef, shareUpdate } from '$lib/contracts/share';
import { procedure, router } from '../../trpc';
import * as shares from './service';

const access = { action: 'dashboard.share', id: 'dashboardId' } as const;
const path = '/dashboards/{dashboardId}/shares';

export const shareRouter = router({
	list: procedure({ access, rest: { method: 'GET', path, summary: 'Who else may see or change a dashboard' } })
		.input(shareListInput)
		.output(z.array(share))
		.query(({ ctx, input }) => shares.list(ctx.deps, ctx.actor, input)),

	create: procedure({
		access,
		rest: { method: 'POST', path, status: 201, summary: 'Shares a dashboard', errors: ['ALREADY_EXISTS'] },
	})
		.input(shareCreate)
		.output(share)
		.mutation(({ ctx, input }) => shares.create(ctx.deps, ctx.actor, input)),

	update: procedure({ access, rest: { method: 'PUT', path: `${path}/{shareId}`, summary: 'Changes a share' } })
		.input(shareUpdate)
		.output(share)
		.mutation(({ ctx, input }) => shares.update(ctx.deps, ctx.actor, input)),

	remove: procedure({
		access,
		rest: { method: 'DELETE', path: `${path}/{shareId}`, status: 204, summary: 'Ends a share' },
	})
		.input(shareRef)
		.output(z.void())
		.mutation(({ ctx, input }) => shares.remove(ctx.deps, ctx.actor, input)),
});
