// Procedures about datasets.
import * as z from 'zod';
import {
	columnRef,
	columnValues,
	datasetDetail,
	datasetImportInput,
	datasetListInput,
	datasetPage,
	datasetRef,
	datasetUpdate,
	preview,
	previewInput,
	usage,
} from '$lib/contracts/dataset';
import { procedure, router } from '../../trpc';
import * as rows from './rows';
import * as datasets from './service';

const viewed = { action: 'dataset.view', id: 'datasetId' } as const;

export const datasetRouter = router({
	list: procedure({
		access: 'signed-in',
		rest: { method: 'GET', path: '/datasets', summary: 'Own datasets and those shared to the caller' },
	})
		.input(datasetListInput)
		.output(datasetPage)
		.query(({ ctx, input }) => datasets.list(ctx.deps, ctx.actor, input)),

	get: procedure({ access: viewed, rest: { method: 'GET', path: '/datasets/{datasetId}', summary: 'One dataset' } })
		.input(datasetRef)
		.output(datasetDetail)
		.query(({ ctx, input }) => datasets.get(ctx.deps, ctx.actor, input)),

	// REST also takes the file itself, in one multipart request: http/rest/dataset-form.
	import: procedure({
		access: { action: 'upload.write', id: 'uploadId' },
		rest: {
			method: 'POST',
			path: '/uploads/{uploadId}/import',
			status: 201,
			summary: 'Makes a dataset from a complete upload',
		},
	})
		.input(datasetImportInput)
		.output(datasetDetail)
		.mutation(({ ctx, input }) => datasets.importFile(ctx.deps, ctx.actor, input)),

	update: procedure({
		access: { action: 'dataset.edit', id: 'datasetId' },
		rest: {
			method: 'PUT',
			path: '/datasets/{datasetId}',
			summary: 'Renames or describes a dataset',
			errors: ['REVISION_CONFLICT'],
		},
	})
		.input(datasetUpdate)
		.output(datasetDetail)
		.mutation(({ ctx, input }) => datasets.update(ctx.deps, ctx.actor, input)),

	remove: procedure({
		access: { action: 'dataset.delete', id: 'datasetId' },
		rest: {
			method: 'DELETE',
			path: '/datasets/{datasetId}',
			status: 204,
			summary: 'Deletes a dataset that nothing uses',
			errors: ['IN_USE'],
		},
	})
		.input(datasetRef)
		.output(z.void())
		.mutation(({ ctx, input }) => datasets.remove(ctx.deps, ctx.actor, input)),

	preview: procedure({
		access: viewed,
		rest: { method: 'GET', path: '/datasets/{datasetId}/preview', summary: 'Its first rows, in file order' },
	})
		.input(previewInput)
		.output(preview)
		.query(({ ctx, input }) => rows.preview(ctx.deps, ctx.actor, input)),

	values: procedure({
		access: viewed,
		rest: {
			method: 'GET',
			path: '/datasets/{datasetId}/columns/{column}/values',
			summary: 'The distinct values of a column',
		},
	})
		.input(columnRef)
		.output(columnValues)
		.query(({ ctx, input }) => rows.values(ctx.deps, ctx.actor, input)),

	usedBy: procedure({
		access: viewed,
		rest: { method: 'GET', path: '/datasets/{datasetId}/used-by', summary: 'The cards and transforms that use it' },
	})
		.input(datasetRef)
		.output(z.array(usage))
		.query(({ ctx, input }) => datasets.usedBy(ctx.deps, ctx.actor, input)),
});
