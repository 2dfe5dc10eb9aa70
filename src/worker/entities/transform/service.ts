// Transforms: their owner writes, schedules and deletes them. How one runs is in runs.ts and jobs.ts.
import type { z } from 'zod';
import type { PageInput } from '$lib/contracts/common';
import type {
	nextRunsInput,
	Transform,
	transformCreate,
	TransformDetail,
	transformUpdate,
} from '$lib/contracts/transform';
import { keepDeclared } from '$lib/domain/params';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { AppError, invalid, notFound, refuseProblems } from '../../errors';
import { ConditionFailed } from '../../infra/dynamo/port';
import { matching, newestFirst, pageOf } from '../../lists';
import { backOff, toIso } from '../../time';
import { namesOf } from '../dataset/names';
import { attach } from '../dataset/rules';
import * as executions from '../execution/repository';
import { peopleOf } from '../user/people';
import * as users from '../user/repository';
import * as inputs from './inputs';
import * as repository from './repository';
import { MAX_TRANSFORMS, problemsOf } from './rules';
import { due } from './run-state';
import { cancelRunning } from './runs';
import * as schedules from './schedule';

type TransformDeps = Pick<Deps, 'access' | 'audit' | 'background' | 'dynamo' | 'now' | 'newId' | 'objects'>;

/** Tries of a write that others are changing at the same time. */
const MAX_TRIES = 12;
/** Next runs that are told. */
const NEXT_RUNS = 3;

/** Own transforms, newest first, with the present names of their datasets and without their code. */
export async function list(deps: TransformDeps, actor: Actor, input: PageInput) {
	const own = await repository.listByOwner(deps.dynamo, actor.user.userId);
	const found = newestFirst(
		matching(own, input.q, ({ name }) => [name]),
		({ transformId }) => transformId,
	);
	const page = pageOf(found, input, (item) => item);
	const names = await namesOf(deps, actor, page.items.flatMap(datasetIdsOf));
	const describeListed = (item: repository.ListedTransform): Transform => {
		const nextRuns = schedules.nextTimes(item, deps.now(), NEXT_RUNS);
		return repository.toContract(item, { owner: actor.user, nextRuns, names });
	};
	return { ...page, items: page.items.map(describeListed) };
}

export async function get(
	deps: TransformDeps,
	actor: Actor,
	{ transformId }: { transformId: string },
): Promise<TransformDetail> {
	const { item } = await deps.access.require(actor, 'transform.view', transformId);
	return describe(deps, actor, item);
}

/** When a schedule runs next. @throws AppError VALIDATION_ERROR naming what cannot be read of it */
export function nextRuns({ now }: Pick<Deps, 'now'>, input: z.infer<typeof nextRunsInput>): string[] {
	refuseProblems(schedules.problemsOf(input, now()));
	return schedules.nextTimes(input, now(), NEXT_RUNS).map(toIso);
}

/** @throws AppError VALIDATION_ERROR naming the field, also for a dataset that is absent or not the actor's to use */
export async function create(
	deps: TransformDeps,
	actor: Actor,
	input: z.infer<typeof transformCreate>,
): Promise<TransformDetail> {
	const now = deps.now();
	const blank: repository.TransformItem = {
		transformId: deps.newId('tf'),
		ownerId: actor.user.userId,
		name: input.name,
		code: '',
		params: '{}',
		inputs: [],
		outputDatasetId: null,
		schedule: null,
		timeZone: 'UTC',
		runOnInput: false,
		lastRun: null,
		runs: 0,
		revision: 0,
		createdAt: now,
		updatedAt: now,
	};
	const { edited } = await edit(deps, actor, blank, input);
	if ((await repository.listByOwner(deps.dynamo, blank.ownerId)).length >= MAX_TRANSFORMS)
		throw invalid({ name: `would be transform ${MAX_TRANSFORMS + 1}; ${MAX_TRANSFORMS} are possible` });
	const item = { ...blank, ...edited };
	await repository.create(deps.dynamo, item).catch((error: unknown) => {
		// A dataset that was there a moment ago is not any more.
		throw error instanceof ConditionFailed ? invalid({ inputDatasetIds: 'are not all there' }) : error;
	});
	return describe(deps, actor, item);
}

/**
 * Changes what is named. A run takes what is there when it asks the executor for its turn, and again when it has to ask again;
 * from then on it goes on with that.
 * @throws AppError VALIDATION_ERROR · CYCLE naming the way of the data · REVISION_CONFLICT with the current transform
 */
export async function update(
	deps: TransformDeps,
	actor: Actor,
	input: z.infer<typeof transformUpdate>,
): Promise<TransformDetail> {
	for (let tries = 1; ; tries += 1) {
		const { item: before } = await deps.access.require(actor, 'transform.edit', input.transformId);
		if ((input.revision ?? before.revision) !== before.revision) throw await conflict(deps, actor, before);
		const { edited, upstream } = await edit(deps, actor, before, input);
		try {
			await repository.replace(deps.dynamo, before, edited, upstream);
		} catch (error) {
			if (!(error instanceof ConditionFailed)) throw error;
			if (tries === MAX_TRIES) throw await conflict(deps, actor, before);
			await backOff(tries);
			await deps.access.wrote('transform', input.transformId);
			continue;
		}
		await deps.access.wrote('transform', input.transformId);
		return describe(deps, actor, { ...before, ...edited });
	}
}

/** Deletes a transform, ending its run if one goes on. What it made stays, as a dataset like any other. */
export async function remove(
	deps: TransformDeps,
	actor: Actor,
	{ transformId }: { transformId: string },
): Promise<void> {
	for (let tries = 1; ; tries += 1) {
		const { item } = await deps.access.require(actor, 'transform.delete', transformId);
		if (item.running) await cancelRunning(deps, item);
		const idle = item.running ? await repository.get(deps.dynamo, transformId) : item;
		if (!idle) throw notFound(`${transformId} went meanwhile`);
		try {
			await repository.remove(deps.dynamo, idle, [users.forgetFailed(idle.ownerId, transformId)]);
		} catch (error) {
			if (!(error instanceof ConditionFailed)) throw error;
			if (tries === MAX_TRIES) throw new AppError('BUSY', { retryAfter: 1, cause: error });
			await backOff(tries);
			await deps.access.wrote('transform', transformId);
			continue;
		}
		await deps.access.wrote('transform', transformId);
		await deps.access.wrote('user', item.ownerId);
		const on = { type: 'transform', id: transformId } as const;
		await deps.audit.record({ action: 'TRANSFORM_DELETED', by: actor, on, details: { name: item.name } });
		deps.background(executions.removeAll(deps.dynamo, transformId));
		return;
	}
}

/** The next state of what people change. @throws AppError VALIDATION_ERROR · CYCLE */
async function edit(
	deps: TransformDeps,
	actor: Actor,
	before: repository.TransformItem,
	input: Partial<z.infer<typeof transformCreate>>,
): Promise<{ edited: repository.Edited; upstream: repository.TransformItem[] }> {
	const now = deps.now();
	const isNew = before.revision === 0;
	const code = input.code ?? before.code;
	const params = input.params ?? keepDeclared(code, repository.paramsOf(before));
	const inputDatasetIds = input.inputDatasetIds ?? before.inputs.map(({ datasetId }) => datasetId);
	const schedule = input.schedule === undefined ? before.schedule : input.schedule || null;
	const timeZone = input.timeZone ?? before.timeZone;
	refuseProblems({
		...problemsOf({ code, params, inputDatasetIds }),
		...schedules.problemsOf({ schedule, timeZone }, now),
	});

	const attached = input.inputDatasetIds
		? attach(
				inputs.choose(await inputs.read(deps, before.ownerId, inputDatasetIds), inputDatasetIds, before.inputs),
				before.inputs,
			)
		: before.inputs;
	const upstream = input.inputDatasetIds ? await inputs.upstreamOf(deps, before, inputDatasetIds, actor.user) : [];
	if (!repository.fits(before.inputs, attached, upstream.length))
		throw invalid({ inputDatasetIds: 'come from too many transforms' });
	const isRescheduled =
		isNew || before.pausedAt !== undefined || schedule !== before.schedule || timeZone !== before.timeZone;
	const edited = {
		name: input.name ?? before.name,
		code,
		params: JSON.stringify(params),
		inputs: attached,
		schedule,
		timeZone,
		runOnInput: input.runOnInput ?? before.runOnInput,
		revision: before.revision + 1,
		updatedAt: isNew ? before.createdAt : now,
		// Whoever saves it has seen to what failed.
		scheduledFailures: undefined,
		pausedAt: undefined,
		pausedReason: undefined,
		// What waits for the present run to end goes on waiting.
		...(isRescheduled && !before.inputChanged && due(schedules.nextTime({ schedule, timeZone }, now))),
	};
	return { edited, upstream };
}

/** A transform with the present names of its datasets and owner. */
async function describe(deps: TransformDeps, actor: Actor, item: repository.TransformItem): Promise<TransformDetail> {
	const [names, person] = await Promise.all([
		namesOf(deps, actor, datasetIdsOf(item)),
		peopleOf(deps, actor, [item.ownerId]),
	]);
	const nextRuns = schedules.nextTimes(item, deps.now(), NEXT_RUNS);
	return repository.toDetail(item, { owner: person(item.ownerId), nextRuns, names });
}

function datasetIdsOf({ inputs: read, outputDatasetId }: Pick<repository.TransformItem, 'inputs' | 'outputDatasetId'>) {
	return [...read.map(({ datasetId }) => datasetId), ...(outputDatasetId === null ? [] : [outputDatasetId])];
}

async function conflict(deps: TransformDeps, actor: Actor, current: repository.TransformItem): Promise<AppError> {
	return new AppError('REVISION_CONFLICT', { details: { current: await describe(deps, actor, current) } });
}
