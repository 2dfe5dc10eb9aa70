// The inputs of a transform: datasets that its owner may use, whoever changes or starts it, and where they come from.
import type { Deps } from '../../deps';
import { decide } from '../../access/policy';
import { AppError, refuseProblems } from '../../errors';
import { type AttachedDataset, foreignProblems } from '../dataset/rules';
import * as summaries from '../dataset/summary';
import * as users from '../user/repository';
import * as repository from './repository';
import { findCycle } from './rules';

type InputDeps = Pick<Deps, 'dynamo' | 'now'>;

export interface Inputs {
	owner: users.ActorUser;
	/** Those that are there, by id. */
	datasets: ReadonlyMap<string, summaries.DatasetSummary>;
	/** Whether the owner may use it now. */
	isUsable(datasetId: string): boolean;
}

/** Reads datasets and whose right to use them counts. One round trip. */
export async function read(
	{ dynamo, now }: InputDeps,
	ownerId: string,
	datasetIds: readonly string[],
): Promise<Inputs> {
	const [rawOwner, ...raws] = await dynamo.batchGet([users.keyOf(ownerId), ...datasetIds.map(summaries.keyOf)], {
		datasets: summaries.SUMMARY_ATTRIBUTES,
	});
	if (!rawOwner) throw new AppError('INTERNAL', { message: `${ownerId} owns a transform and is not there` });
	const owner = users.parseActor(rawOwner);
	const found = raws.flatMap((raw) => (raw ? [summaries.parseSummary(raw)] : []));
	const datasets = new Map(found.map((dataset) => [dataset.datasetId, dataset]));
	const isUsable = (datasetId: string) => {
		const dataset = datasets.get(datasetId);
		return dataset !== undefined && decide(owner, 'dataset.use', dataset, now()).allowed;
	};
	return { owner, datasets, isUsable };
}

/**
 * The inputs in the order asked for, those that it had under their names.
 * @throws AppError VALIDATION_ERROR naming those that it did not have and that its owner may not use
 */
export function choose(
	{ datasets, isUsable }: Inputs,
	datasetIds: readonly string[],
	before: readonly AttachedDataset[],
): { datasetId: string; name: string }[] {
	const had = new Set(before.map(({ datasetId }) => datasetId));
	const isFine = (id: string) => had.has(id) || isUsable(id);
	refuseProblems(foreignProblems(datasetIds, isFine, (position) => `inputDatasetIds.${position}`));
	return datasetIds.map((datasetId) => ({ datasetId, name: datasets.get(datasetId)?.name ?? datasetId }));
}

/**
 * All transforms that these datasets come from, however far.
 * @param itself and who reads the names in the refusal
 * @throws AppError CYCLE when they come from its own output; `details.path` names the way of the data
 */
export async function upstreamOf(
	{ dynamo, now }: InputDeps,
	itself: repository.TransformItem,
	datasetIds: readonly string[],
	reader: users.ActorUser,
): Promise<repository.TransformItem[]> {
	// What has no output yet feeds nothing.
	if (itself.outputDatasetId === null) return [];
	const makers = new Map<string, repository.TransformItem>();
	const heads = new Map<string, summaries.DatasetHead>();
	for (let wanted: readonly string[] = datasetIds; wanted.length > 0;) {
		const found = await summaries.findHeads(dynamo, wanted);
		const made = [...found.values()].filter(({ transformId }) => transformId !== null);
		const transforms = await repository.findMany(
			dynamo,
			made.map(({ transformId }) => transformId!),
		);
		for (const head of found.values()) {
			const maker = head.transformId === null ? undefined : transforms.get(head.transformId);
			heads.set(head.datasetId, head);
			if (maker?.outputDatasetId === head.datasetId) makers.set(head.datasetId, maker);
		}
		const next = [...transforms.values()].flatMap(({ inputs }) => inputs.map(({ datasetId }) => datasetId));
		wanted = [...new Set(next)].filter((id) => !heads.has(id));
		if (makers.has(itself.outputDatasetId)) break;
	}
	const cycle = findCycle(itself.transformId, datasetIds, makers);
	if (!cycle) return [...new Set(makers.values())];
	const isKnown = (kind: 'transform' | 'dataset', thing: summaries.DatasetHead | repository.TransformItem) =>
		decide(reader, `${kind}.view`, thing, now()).allowed;
	const names = cycle.map((step) => {
		const output = step.outputDatasetId === null ? undefined : heads.get(step.outputDatasetId);
		if (isKnown('transform', step)) return step.name;
		return output && isKnown('dataset', output) ? output.name : '…';
	});
	const path = [...names, itself.name];
	throw new AppError('CYCLE', {
		userMessage: `Its inputs would come from its own output: ${path.join(' → ')}.`,
		details: { path },
	});
}
