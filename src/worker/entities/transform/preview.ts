// Runs a transform that is being written on the first rows of its inputs. Nothing is saved; its author sees what it said.
import type { z } from 'zod';
import {
	PREVIEW_INPUT_ROWS,
	PREVIEW_OUTPUT_ROWS,
	type TransformPreview,
	type transformPreviewInput,
} from '$lib/contracts/transform';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { invalid, refuseProblems } from '../../errors';
import { asPreviewError } from '../../render/outcome';
import { withRetries } from '../../render/run';
import { attach } from '../dataset/rules';
import * as inputs from './inputs';
import { callOf, type PrepareDeps } from './prepare';
import type { TransformItem } from './repository';
import { problemsOf } from './rules';

type PreviewDeps = PrepareDeps & Pick<Deps, 'access' | 'dynamo' | 'executor' | 'image' | 'now'>;

/** Seconds that the executor may take to fetch its rows. */
const URL_SECONDS = 300;

/**
 * @throws AppError VALIDATION_ERROR naming the field, also for a dataset or transform that is not the author's to use; or with the
 * codes of cards
 */
export async function preview(
	deps: PreviewDeps,
	actor: Actor,
	input: z.infer<typeof transformPreviewInput>,
): Promise<TransformPreview> {
	const { code, params, inputDatasetIds, transformId } = input;
	const saved = transformId === undefined ? null : await editable(deps, actor, transformId);
	refuseProblems(problemsOf({ code, params, inputDatasetIds }));
	const read = await inputs.read(deps, saved?.ownerId ?? actor.user.userId, inputDatasetIds);
	const before = saved?.inputs ?? [];
	const attached = attach(inputs.choose(read, inputDatasetIds, before), before);
	const firstRows = PREVIEW_INPUT_ROWS;
	const call = await callOf(deps, { code, params, inputs: attached }, read, { seconds: URL_SECONDS, firstRows });
	try {
		// Not for a key: it refuses an executor whose sandbox is too weak.
		await deps.image();
		const limits = { inputRows: firstRows, outputRows: PREVIEW_OUTPUT_ROWS };
		const { status: _ok, ...result } = await withRetries(() => deps.executor.previewTransform(call, limits));
		return result;
	} catch (error) {
		throw asPreviewError(error);
	}
}

/** An identifier in a body that is absent or somebody else's is bad input. */
async function editable({ access }: Pick<Deps, 'access'>, actor: Actor, transformId: string): Promise<TransformItem> {
	const item = (await access.permitted(actor, 'transform.edit', [transformId])).get(transformId);
	if (!item) throw invalid({ transformId: 'is not a transform of yours' });
	return item;
}
