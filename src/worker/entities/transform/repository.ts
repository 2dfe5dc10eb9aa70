// Transforms as they are stored, their mapping to the contract, and what their owners change; what their runs write is in
// run-state.ts. Params are kept as JSON text: DynamoDB's numbers are not JSON's.
import * as z from 'zod';
import type { Json, Person } from '$lib/contracts/common';
import { lastRun, pausedReason, type Transform, type TransformDetail } from '$lib/contracts/transform';
import { absent, and, at, change, when, type Expression } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import type { Dynamo, KeyOf, Write } from '../../infra/dynamo/port';
import { toIso } from '../../time';
import { differenceOf } from '../dataset/rules';
import * as usages from '../usage/repository';

export const transformItem = z.object({
	transformId: z.string(),
	ownerId: z.string(),
	name: z.string(),
	code: z.string(),
	params: z.string(),
	/** `alias`: what the code calls it, frozen when it was attached. */
	inputs: z.array(z.object({ datasetId: z.string(), alias: z.string() })),
	outputDatasetId: z.string().nullable(),
	schedule: z.string().nullable(),
	timeZone: z.string(),
	runOnInput: z.boolean(),
	/** The run that is going on: there is never another beside it. */
	running: z
		.object({
			executionId: z.string(),
			jobId: z.string(),
			startedAt: z.number(),
			/** Since when it was to begin: when an input changed, or when it began. */
			since: z.number().optional(),
		})
		.optional(),
	/** How the last run ended. */
	lastRun: z.object({ ...lastRun.shape, startedAt: z.number(), finishedAt: z.number().nullable() }).nullable(),
	/** All runs that there ever were. */
	runs: z.int().default(0),
	/** UNIX seconds. Only those that run by themselves have it and `dueShard`, and so are in the index of those that are due. */
	nextRunAt: z.number().optional(),
	dueShard: z.string().optional(),
	/** Runs by its schedule that failed, one after the other, since one went well or somebody saved it. */
	scheduledFailures: z.int().optional(),
	/** UNIX seconds. Since then its schedule pauses. */
	pausedAt: z.number().optional(),
	pausedReason: pausedReason.optional(),
	/** An input has changed since the last run began: another one follows. `nextRunAt` says when the first one did. */
	inputChanged: z.literal(true).optional(),
	revision: z.int(),
	createdAt: z.number(),
	updatedAt: z.number(),
});
export type TransformItem = z.infer<typeof transformItem>;
export const parse = itemParser('transforms', transformItem);

const listedTransform = transformItem.pick({
	transformId: true,
	ownerId: true,
	name: true,
	inputs: true,
	outputDatasetId: true,
	schedule: true,
	timeZone: true,
	runOnInput: true,
	pausedAt: true,
	pausedReason: true,
	running: true,
	lastRun: true,
	createdAt: true,
	updatedAt: true,
});
export type ListedTransform = z.infer<typeof listedTransform>;
const parseListed = itemParser('transforms', listedTransform);

/** What a failed run may end: read even of a transform that is otherwise broken. */
export const parsePausing = itemParser('transforms', transformItem.pick({ schedule: true, scheduledFailures: true }));

export function keyOf(transformId: string): KeyOf {
	return { table: 'transforms', key: { transformId } };
}

export function paramsOf({ params }: Pick<TransformItem, 'params'>): Record<string, Json> {
	return JSON.parse(params) as Record<string, Json>;
}

interface Described {
	owner: Person;
	/** UNIX seconds. */
	nextRuns: readonly number[];
	/** Of datasets, by id: what they are called now; one that is gone keeps its alias. */
	names: ReadonlyMap<string, string>;
}

export function toContract(item: ListedTransform, { owner, nextRuns, names }: Described): Transform {
	return {
		transformId: item.transformId,
		name: item.name,
		owner: { userId: owner.userId, name: owner.name },
		inputDatasetIds: item.inputs.map(({ datasetId }) => datasetId),
		inputs: item.inputs.map(({ datasetId, alias }) => ({ datasetId, alias, name: names.get(datasetId) ?? alias })),
		outputDatasetId: item.outputDatasetId,
		outputName: item.outputDatasetId === null ? null : (names.get(item.outputDatasetId) ?? null),
		schedule: item.schedule,
		timeZone: item.timeZone,
		runOnInput: item.runOnInput,
		nextRuns: nextRuns.map(toIso),
		pausedAt: item.pausedAt === undefined ? null : toIso(item.pausedAt),
		pausedReason: item.pausedAt === undefined ? null : (item.pausedReason ?? 'failures'),
		lastRun: lastRunOf(item),
		createdAt: toIso(item.createdAt),
		updatedAt: toIso(item.updatedAt),
	};
}

/** The run that is going on, or was last. */
function lastRunOf({ running, lastRun: ended }: ListedTransform): Transform['lastRun'] {
	if (running) {
		const { executionId, startedAt } = running;
		return { executionId, status: 'running', startedAt: toIso(startedAt), finishedAt: null, rowCount: null };
	}
	if (!ended) return null;
	const finishedAt = ended.finishedAt === null ? null : toIso(ended.finishedAt);
	return { ...ended, startedAt: toIso(ended.startedAt), finishedAt };
}

export function toDetail(item: TransformItem, described: Described): TransformDetail {
	return { ...toContract(item, described), code: item.code, params: paramsOf(item), revision: item.revision };
}

export async function get(dynamo: Dynamo, transformId: string): Promise<TransformItem | null> {
	const raw = await dynamo.get(keyOf(transformId));
	return raw && parse(raw);
}

/** Those of these that are there, by id. One round trip for a hundred. */
export async function findMany(dynamo: Dynamo, transformIds: readonly string[]): Promise<Map<string, TransformItem>> {
	const wanted = [...new Set(transformIds)];
	if (wanted.length === 0) return new Map();
	const items = await dynamo.batchGet(wanted.map(keyOf));
	return new Map(items.flatMap((raw) => (raw ? [parse(raw)] : [])).map((item) => [item.transformId, item]));
}

/** All transforms of a person, as lists show them. */
export async function listByOwner(dynamo: Dynamo, ownerId: string): Promise<ListedTransform[]> {
	const where = when`${at('ownerId')} = ${ownerId}`;
	const items = await dynamo.query({ table: 'transforms', index: 'TransformsByOwner', where });
	return items.map(parseListed);
}

/** A condition: nobody has saved it since it was read. */
export const atRevision = (revision: number) => when`${at('revision')} = ${revision}`;
/** A condition: no run of it goes on. */
export const idle = when`attribute_not_exists(${at('running')})`;

/** A condition: it is due as it was read to be. Whoever moved that on began a run, or left one out. */
export function whereDue({ nextRunAt }: Pick<TransformItem, 'nextRunAt'>): Expression {
	return nextRunAt === undefined
		? when`attribute_not_exists(${at('nextRunAt')})`
		: when`${at('nextRunAt')} = ${nextRunAt}`;
}

const input = (id: string) => ({ kind: 'dataset', id }) as const;

/** Stores a new transform and claims its inputs. @throws ConditionFailed when one of them is gone */
export async function create(dynamo: Dynamo, item: TransformItem): Promise<void> {
	const claims = item.inputs.flatMap(({ datasetId }) =>
		usages.claim(input(datasetId), item.transformId, item.createdAt),
	);
	await dynamo.transact([{ put: { table: 'transforms', item, condition: absent('transformId') } }, ...claims]);
}

/** The fields that people change. */
export type Edited = Pick<
	TransformItem,
	'name' | 'code' | 'params' | 'inputs' | 'schedule' | 'timeZone' | 'runOnInput' | 'revision' | 'updatedAt'
> &
	Partial<Pick<TransformItem, 'nextRunAt' | 'dueShard' | 'scheduledFailures' | 'pausedAt' | 'pausedReason'>>;

/** Whether one transaction can change these inputs, and check so many transforms that they come from. */
export function fits(before: TransformItem['inputs'], after: TransformItem['inputs'], upstream: number): boolean {
	const { added, dropped } = differenceOf(before, after);
	return 1 + upstream + (added.length + dropped.length) * usages.WRITES_EACH <= usages.MAX_WRITES;
}

/**
 * Stores the next state of a transform that was read as `before`, with the change of its inputs.
 * @param upstream transforms that its inputs come from: they must be as they were, or two changes at once could make a cycle
 * @throws ConditionFailed when it or one of those was changed meanwhile, or an input is gone
 */
export async function replace(
	dynamo: Dynamo,
	before: TransformItem,
	edited: Edited,
	upstream: readonly Pick<TransformItem, 'transformId' | 'revision'>[],
): Promise<void> {
	const { transformId } = before;
	const { added, dropped } = differenceOf(before.inputs, edited.inputs);
	const writes: Write[] = [
		...added.flatMap((id) => usages.claim(input(id), transformId, edited.updatedAt)),
		...dropped.flatMap((id) => usages.release(input(id), transformId)),
		...upstream.map((one) => ({ check: { ...keyOf(one.transformId), condition: atRevision(one.revision) } })),
	];
	const condition = and(atRevision(before.revision), whereDue(before));
	await dynamo.transact([{ update: { ...keyOf(transformId), update: change(edited), condition } }, ...writes]);
}

/** Removes a transform that does not run, and its claims. @throws ConditionFailed when it runs, was changed or is gone */
export async function remove(dynamo: Dynamo, item: TransformItem, more: readonly Write[]): Promise<void> {
	const used = [
		...item.inputs.map(({ datasetId }) => datasetId),
		...(item.outputDatasetId ? [item.outputDatasetId] : []),
	];
	const condition = and(atRevision(item.revision), idle);
	await dynamo.transact([
		{ remove: { ...keyOf(item.transformId), condition } },
		...used.flatMap((id) => usages.release(input(id), item.transformId)),
		...more,
	]);
}
