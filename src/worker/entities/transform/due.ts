// Transforms that run by themselves: when their time has come, and when an input has got a new version.
import { ConditionFailed } from '../../infra/dynamo/port';
import { findHeads } from '../dataset/summary';
import * as usages from '../usage/repository';
import * as repository from './repository';
import * as runState from './run-state';
import { nextTime } from './schedule';
import { start, type StartDeps } from './start';

/** Transforms that are started at the same time. */
const AT_ONCE = 10;
/** Seconds for which a run waits for another input at most. */
const MAX_SETTLING_SECONDS = 60 * 60;

/**
 * Starts the transforms whose time has come. However many do this at once, each starts once; times that went by meanwhile count as
 * one, and a time that comes while it still runs is left out. One that cannot be started is logged, and keeps nobody else from it.
 */
export async function startDue(deps: StartDeps): Promise<void> {
	const ids = await runState.findDue(deps.dynamo, deps.now());
	for (let from = 0; from < ids.length; from += AT_ONCE) {
		const some = ids.slice(from, from + AT_ONCE);
		await Promise.all(some.map((id) => logFailure(deps, id, startById(deps, id))));
	}
}

async function startById(deps: StartDeps, transformId: string): Promise<void> {
	const item = await repository.get(deps.dynamo, transformId);
	if (item) await startIfDue(deps, item);
}

/** What could not be started stays due: the next tick tries it again. Null for what failed. */
function logFailure<T>({ log }: StartDeps, transform: string, starting: Promise<T>): Promise<T | null> {
	return starting.catch((error: unknown) => {
		log.error({ event: 'transform.start', transform, error });
		return null;
	});
}

/** Starts a transform if its time has come and nobody else does. */
export async function startIfDue(deps: StartDeps, item: repository.TransformItem): Promise<void> {
	const now = deps.now();
	if (item.nextRunAt === undefined || item.nextRunAt > now) return;
	try {
		if (item.pausedAt !== undefined && !item.inputChanged) {
			await runState.pause(deps.dynamo, item);
		} else if (!item.running) {
			if (await isSettling(deps, item)) return;
			await start(deps, item, { trigger: item.inputChanged ? 'input' : 'schedule', startedBy: null });
		} else if (!item.inputChanged) {
			await runState.skip(deps.dynamo, item, nextTime(item, now));
			deps.log.info({ event: 'transform.skip', transform: item.transformId });
		}
	} catch (error) {
		// Somebody was quicker, or it was changed: then it is due at another time, or the next tick starts it.
		if (!(error instanceof ConditionFailed)) throw error;
	}
}

/**
 * Whether a transform that is to run for a changed input waits, as another input is being made, or about to be, for what happened no
 * later: then it runs once for both. Work that began later is not waited for, so that nothing is put off for ever. It stays due
 * meanwhile: the next version of an input, or the tick after a run that failed, looks again.
 */
async function isSettling({ dynamo, now }: StartDeps, item: repository.TransformItem): Promise<boolean> {
	const { inputChanged, nextRunAt: changedAt, inputs } = item;
	if (!inputChanged || changedAt === undefined || inputs.length < 2) return false;
	if (changedAt <= now() - MAX_SETTLING_SECONDS) return false;
	const heads = await findHeads(
		dynamo,
		inputs.map(({ datasetId }) => datasetId),
	);
	const makers = [...heads.values()].flatMap(({ transformId }) => transformId ?? []);
	const beingMade = await runState.findBeingMade(dynamo, makers);
	return inputs.some(({ datasetId }) => (beingMade.get(datasetId) ?? Infinity) <= changedAt);
}

/**
 * Starts the transforms that are to run when this dataset changes. One that runs does so once more afterwards. One that cannot be told
 * is logged, and keeps nobody else from it.
 */
export async function inputChanged(deps: StartDeps, datasetId: string): Promise<void> {
	const users = await usages.usersOf(deps.dynamo, datasetId);
	const now = deps.now();
	const told: (repository.TransformItem | null)[] = [];
	// All are told before one begins: which of them make an input of another one is known then.
	for (const transformId of users.filter((id) => id.startsWith('tf_')))
		told.push(await logFailure(deps, transformId, runState.noteInput(deps.dynamo, { transformId, datasetId, now })));
	for (const item of told) if (item) await logFailure(deps, item.transformId, startIfDue(deps, item));
}
