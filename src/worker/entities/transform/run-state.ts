// What is written of a transform as it runs: when it is due, which run goes on, how one ended. Each write is conditioned on what was
// read, so that of all who try the same at once one does it. Knows no schedule and no job.
import { and, at, change, when } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import { ConditionFailed, type Dynamo, type Write } from '../../infra/dynamo/port';
import { atRevision, idle, keyOf, parse, transformItem, type TransformItem, whereDue } from './repository';

/** The one partition of the index of transforms that run by themselves. */
const DUE_SHARD = '0';

/** Transforms whose time has come. */
export async function findDue(dynamo: Dynamo, now: number): Promise<string[]> {
	const where = when`${at('dueShard')} = ${DUE_SHARD} AND ${at('nextRunAt')} <= ${now}`;
	const due = await dynamo.query({ table: 'transforms', index: 'TransformsDue', where });
	return due.map((item) => String(item['transformId']));
}

/** The attributes that say when it runs by itself; null: never. */
export function due(nextRunAt: number | null): Pick<TransformItem, 'nextRunAt' | 'dueShard'> {
	return nextRunAt === null ? { nextRunAt: undefined, dueShard: undefined } : { nextRunAt, dueShard: DUE_SHARD };
}

/** A step of the transaction that begins a run. It fails when one goes on, or another has begun since `item` was read. */
export function begin(item: TransformItem, running: NonNullable<TransformItem['running']>, next: number | null): Write {
	const fields = { running, ...due(next), inputChanged: undefined };
	const condition = and(atRevision(item.revision), idle, whereDue(item));
	return { update: { ...keyOf(item.transformId), update: change(fields, { runs: 1 }), condition } };
}

type LastRun = NonNullable<TransformItem['lastRun']>;

const runsAs = (jobId: string) => when`${at('running')}.${at('jobId')} = ${jobId}`;

/** A step of the transaction that ends a run. */
export function end(
	transformId: string,
	jobId: string,
	fields: Partial<Pick<TransformItem, 'outputDatasetId' | 'scheduledFailures' | 'pausedAt' | 'pausedReason'>> & {
		lastRun: LastRun;
	},
): Write {
	const update = change({ ...fields, running: undefined });
	return { update: { ...keyOf(transformId), update, condition: runsAs(jobId) } };
}

/**
 * A step of the transaction that cancels the run of a transform that was read as `item`, and drops what was to follow it.
 * It fails when the run is over, or the time of the next one is not what it was.
 */
export function cancel(
	item: TransformItem,
	jobId: string,
	{ lastRun, next }: { lastRun: LastRun; next: number | null },
): Write {
	const fields = { lastRun, ...due(next), running: undefined, inputChanged: undefined };
	const condition = and(runsAs(jobId), atRevision(item.revision), whereDue(item));
	return { update: { ...keyOf(item.transformId), update: change(fields), condition } };
}

/** A time that came while it ran is left out. @throws ConditionFailed when it does not run, or somebody did this already */
export async function skip(dynamo: Dynamo, item: TransformItem, next: number | null): Promise<void> {
	const runs = when`attribute_exists(${at('running')}) AND attribute_not_exists(${at('inputChanged')})`;
	await dynamo.update({ ...keyOf(item.transformId), update: change(due(next)), condition: and(runs, whereDue(item)) });
}

/** A schedule that pauses is not asked about any more. @throws ConditionFailed when an input has changed, or it was saved, meanwhile */
export async function pause(dynamo: Dynamo, item: TransformItem): Promise<void> {
	const pauses = when`attribute_exists(${at('pausedAt')}) AND attribute_not_exists(${at('inputChanged')})`;
	await dynamo.update({
		...keyOf(item.transformId),
		update: change(due(null)),
		condition: and(pauses, whereDue(item)),
	});
}

/** A schedule that paused goes on. @throws ConditionFailed when it was changed since `item` was read */
export async function resume(dynamo: Dynamo, item: TransformItem, next: number | null): Promise<void> {
	// What waits for the present run to end goes on waiting.
	const update = change({ pausedAt: undefined, pausedReason: undefined, ...(!item.inputChanged && due(next)) });
	const condition = and(atRevision(item.revision), whereDue(item));
	await dynamo.update({ ...keyOf(item.transformId), update, condition });
}

/**
 * Notes that an input has changed: it is due from now on, or still, if one has changed before. Null when it is gone, does not run for
 * that, or only made that dataset.
 */
export async function noteInput(
	dynamo: Dynamo,
	{ transformId, datasetId, now }: { transformId: string; datasetId: string; now: number },
): Promise<TransformItem | null> {
	const update = change({ ...due(now), inputChanged: true });
	const follows = when`${at('runOnInput')} = ${true} AND ${at('outputDatasetId')} <> ${datasetId}`;
	const condition = and(follows, when`attribute_not_exists(${at('inputChanged')})`);
	try {
		return parse(await dynamo.update({ ...keyOf(transformId), update, condition }));
	} catch (error) {
		if (!(error instanceof ConditionFailed)) throw error;
		const item = error.current && parse(error.current);
		return item?.inputChanged && item.outputDatasetId !== datasetId ? item : null;
	}
}

const busyTransform = transformItem.pick({ outputDatasetId: true, running: true, inputChanged: true, nextRunAt: true });
const parseBusy = itemParser('transforms', busyTransform);

/**
 * Datasets that are being made, or are about to be as an input of their transform has changed, by when that began in UNIX seconds.
 * One round trip for a hundred.
 */
export async function findBeingMade(dynamo: Dynamo, transformIds: readonly string[]): Promise<Map<string, number>> {
	const wanted = [...new Set(transformIds)];
	if (wanted.length === 0) return new Map();
	const items = await dynamo.batchGet(wanted.map(keyOf), { transforms: Object.keys(busyTransform.shape) });
	const busy = items.flatMap((raw): [string, number][] => {
		if (!raw) return [];
		const { outputDatasetId, running, inputChanged, nextRunAt } = parseBusy(raw);
		const since = running ? (running.since ?? running.startedAt) : inputChanged && nextRunAt;
		return outputDatasetId !== null && since !== undefined ? [[outputDatasetId, since]] : [];
	});
	return new Map(busy);
}
