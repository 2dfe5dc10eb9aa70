// Procedures about shares of dashboards and of datasets: the same, but for what they are of.
import * as z from 'zod';
import {
	accessList,
	datasetShare,
	datasetShareCreate,
	datasetShareListInput,
	datasetShareRef,
	datasetShareUpdate,
	share,
	shareCreate,
	shareListInput,
	sharePreview,
	shareRef,
	shareUpdate,
} from '$lib/contracts/share';
import { procedure, router, type Meta } from '../../trpc';
import * as shares from './service';
import * as who from './who';

type Declared = Meta & { access: Exclude<Meta['access'], 'public'> };

/** What the procedures about shares of one kind of thing declare. */
function declared(kind: 'dashboard' | 'dataset') {
	const access = { action: `${kind}.share`, id: `${kind}Id` } as const;
	const thing = `/${kind}s/{${kind}Id}`;
	const path = `${thing}/shares`;
	const one = `${path}/{shareId}`;
	return {
		list: { access, rest: { method: 'GET', path, summary: `The shares of a ${kind}` } },
		create: {
			access,
			rest: { method: 'POST', path, status: 201, summary: `Shares a ${kind}`, errors: ['ALREADY_EXISTS'] },
		},
		update: { access, rest: { method: 'PUT', path: one, summary: `Changes a share of a ${kind}` } },
		remove: { access, rest: { method: 'DELETE', path: one, status: 204, summary: `Ends a share of a ${kind}` } },
		preview: {
			access,
			rest: { method: 'POST', path: `${path}/preview`, summary: 'Who would newly gain access by a share, and to what' },
		},
		access: {
			access,
			rest: { method: 'GET', path: `${thing}/access`, summary: `Everybody who has access to a ${kind}, and why` },
		},
	} satisfies Record<string, Declared>;
}

const dashboard = declared('dashboard');
const ofDashboard = ({ dashboardId: id }: { dashboardId: string }) => ({ kind: 'dashboard', id }) as const;

export const shareRouter = router({
	list: procedure(dashboard.list)
		.input(shareListInput)
		.output(z.array(share))
		.query(({ ctx, input }) => shares.list(ctx.deps, ctx.actor, ofDashboard(input))),

	create: procedure(dashboard.create)
		.input(shareCreate)
		.output(share)
		.mutation(({ ctx, input }) => shares.create(ctx.deps, ctx.actor, ofDashboard(input), input)),

	update: procedure(dashboard.update)
		.input(shareUpdate)
		.output(share)
		.mutation(({ ctx, input }) => shares.update(ctx.deps, ctx.actor, ofDashboard(input), input)),

	remove: procedure(dashboard.remove)
		.input(shareRef)
		.output(z.void())
		.mutation(({ ctx, input }) => shares.remove(ctx.deps, ctx.actor, ofDashboard(input), input.shareId)),

	preview: procedure(dashboard.preview)
		.input(shareCreate)
		.output(sharePreview)
		.query(({ ctx, input }) => who.preview(ctx.deps, ctx.actor, ofDashboard(input), input)),

	access: procedure(dashboard.access)
		.input(shareListInput)
		.output(accessList)
		.query(({ ctx, input }) => who.access(ctx.deps, ctx.actor, ofDashboard(input))),
});

const dataset = declared('dataset');
const ofDataset = ({ datasetId: id }: { datasetId: string }) => ({ kind: 'dataset', id }) as const;

export const datasetShareRouter = router({
	list: procedure(dataset.list)
		.input(datasetShareListInput)
		.output(z.array(datasetShare))
		.query(({ ctx, input }) => shares.list(ctx.deps, ctx.actor, ofDataset(input))),

	create: procedure(dataset.create)
		.input(datasetShareCreate)
		.output(datasetShare)
		.mutation(({ ctx, input }) => shares.create(ctx.deps, ctx.actor, ofDataset(input), input)),

	update: procedure(dataset.update)
		.input(datasetShareUpdate)
		.output(datasetShare)
		.mutation(({ ctx, input }) => shares.update(ctx.deps, ctx.actor, ofDataset(input), input)),

	remove: procedure(dataset.remove)
		.input(datasetShareRef)
		.output(z.void())
		.mutation(({ ctx, input }) => shares.remove(ctx.deps, ctx.actor, ofDataset(input), input.shareId)),

	preview: procedure(dataset.preview)
		.input(datasetShareCreate)
		.output(sharePreview)
		.query(({ ctx, input }) => who.preview(ctx.deps, ctx.actor, ofDataset(input), input)),

	access: procedure(dataset.access)
		.input(datasetShareListInput)
		.output(accessList)
		.query(({ ctx, input }) => who.access(ctx.deps, ctx.actor, ofDataset(input))),
});
