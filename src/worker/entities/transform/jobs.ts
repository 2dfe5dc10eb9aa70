// A run of a transform at work: the executor reads the inputs and sends a file, it is stored and checked, and one conditional write
// makes it the output's version. Whatever happens before that write, readers see what they saw. A run is never repeated: what its
// code did with its inputs once it may do differently the next time, and its owner decides.
import { AppError } from '../../errors';
import { againWhileChanged } from '../../infra/dynamo/again';
import { ConditionFailed, type Write } from '../../infra/dynamo/port';
import { asAppError } from '../../infra/executor/port';
import type { TransformCall, TransformFrame } from '../../infra/executor/protocol';
import { versionPrefix } from '../../render/manifest';
import * as versions from '../dataset-version/repository';
import { checkFooters, checkStored, schemaOf, storeFile, toStored, type StoredFile } from '../dataset/version-files';
import * as executions from '../execution/repository';
import { makeAndTell } from '../job/announced';
import type { Lease } from '../job/lease';
import * as jobs from '../job/repository';
import type { JobDeps, Work } from '../job/work';
import { forgetDataset } from '../usage/service';
import * as users from '../user/repository';
import { inputChanged, startIfDue } from './due';
import { countFailure, describeFailure, MAX_LOG_BYTES, shortWarnings } from './failure';
import * as inputs from './inputs';
import { callOf, refuseRun } from './prepare';
import * as repository from './repository';
import { shorten } from './rules';
import * as runState from './run-state';
import { nextTime } from './schedule';

type Succeeded = Extract<TransformFrame, { type: 'result'; status: 'ok' }>;

/** Seconds for which a run waits for its turn before it is given up. */
const WAIT_SECONDS = 60 * 60;
/** Seconds until it asks again. */
const PAUSE_SECONDS = 10;
/** For which it stands in the executor's queue at a time: with its own limit of time that is less than an invocation of a Worker lasts. */
const TURN_SECONDS = 8 * 60;
/** For which the executor may fetch the inputs. */
const URL_SECONDS = 15 * 60;

export const transformWork: Work<jobs.TransformJob> = {
	run,
	pause: ({ now }, { createdAt }, { code, details }) => {
		const hasNotBegun = code === 'BUSY' || details?.['hasNotBegun'] === true;
		return hasNotBegun && now() - createdAt < WAIT_SECONDS ? PAUSE_SECONDS : null;
	},
	fail,
	async tidy(deps, { transformId }) {
		const item = await repository.get(deps.dynamo, transformId);
		if (!item) return;
		if (item.inputChanged) await startIfDue(deps, item);
		await executions.trim(deps.dynamo, transformId, item.runs);
	},
};

async function run(deps: JobDeps, lease: Lease, job: jobs.TransformJob): Promise<void> {
	const [rawTransform, rawExecution] = await deps.dynamo.batchGet([
		repository.keyOf(job.transformId),
		executions.keyOf(job),
	]);
	if (!rawTransform || !rawExecution) throw new AppError('INTERNAL', { message: `${job.jobId} lacks its transform` });
	const begun = { job, execution: executions.parse(rawExecution), transform: repository.parse(rawTransform) };
	await makeAndTell(deps, lease, {
		made: begun.execution.status === 'succeeded' ? begun : null,
		make: () => make(deps, lease, begun),
		tell: (run) => announce(deps, run),
	});
}

interface Run {
	job: jobs.TransformJob;
	execution: executions.ExecutionItem;
	transform: repository.TransformItem;
}

/** Runs it, stores what comes and makes it the output's version. */
async function make(deps: JobDeps, lease: Lease, run: Run): Promise<Run> {
	const { job, transform } = run;
	if (job.step !== 'queued') throw interrupted('whoever worked on it is gone');
	const ids = transform.inputs.map(({ datasetId }) => datasetId);
	const read = await inputs.read(deps, transform.ownerId, ids);
	if (read.owner.disabledAt !== undefined)
		throw refuseRun('owner_disabled', 'The account that this transform belongs to is disabled.');
	const program = { ...transform, params: repository.paramsOf(transform) };
	const call = await callOf(deps, program, read, { seconds: URL_SECONDS });
	await deps.image().catch((cause: unknown) => {
		throw new AppError('UPSTREAM_UNAVAILABLE', { details: { hasNotBegun: true }, cause });
	});
	const versionId = deps.newId('ver');
	const prefix = versionPrefix(job.datasetId, versionId);
	let flipping = false;
	try {
		const { result, files } = await receive(deps, lease, { call, versionId, prefix });
		await checkStored(deps, prefix, result.manifest, files);
		checkFooters(result.manifest, files);
		const ending = endingOf(deps, run, {
			result,
			log: lease.log,
			versionId,
			prefix,
			hadFailed: hasFailed(read, job),
		});
		const manifest = JSON.stringify(toStored(result.manifest, files));
		await deps.objects.put(`${prefix}manifest.json`, manifest, 'application/json');
		await lease.enter('flip');
		flipping = true;
		await deps.dynamo.transact([jobs.made(job.jobId, lease.holder), ...ending]);
		return run;
	} catch (error) {
		// A flip without an answer may have happened: then this is the output's file. If it did not, the sweep drops it.
		if (!flipping || error instanceof ConditionFailed) await deps.objects.removeAll(prefix);
		if (lease.log !== '' && (lease.signal.aborted || error instanceof ConditionFailed))
			await executions.keepLog(deps.dynamo, { ...job, log: lease.log });
		// Only what has not begun may wait for another turn: what its code did already would be done twice.
		const hasBegun = lease.step !== 'queued';
		throw hasBegun && error instanceof AppError && error.code === 'BUSY' ? interrupted('busy in the middle') : error;
	}
}

const hasFailed = ({ owner }: inputs.Inputs, { transformId }: jobs.TransformJob) =>
	owner.failedTransforms.includes(transformId);

/** Has the executor run the code and stores what comes back. */
async function receive(
	deps: JobDeps,
	lease: Lease,
	{ call, versionId, prefix }: { call: TransformCall; versionId: string; prefix: string },
): Promise<{ result: Succeeded; files: StoredFile[] }> {
	const files: StoredFile[] = [];
	const turn = new AbortController();
	const timer = setTimeout(() => turn.abort(), TURN_SECONDS * 1000);
	try {
		for await (const { frame, body } of deps.executor.transform(call, AbortSignal.any([lease.signal, turn.signal]))) {
			clearTimeout(timer);
			if (frame.type === 'progress') {
				await lease.enter(frame.step, versionId);
				await lease.progress(frame.done, frame.total);
			} else if (frame.type === 'output') {
				lease.log = shorten(lease.log + frame.text, MAX_LOG_BYTES);
			} else if (frame.type === 'file') {
				await lease.enter('store', versionId);
				files.push(await storeFile(deps, prefix, frame, body!));
			} else if (frame.status === 'error') {
				throw asAppError(frame);
			} else {
				lease.log = shorten(frame.stdout, MAX_LOG_BYTES);
				return { result: frame, files };
			}
		}
	} catch (error) {
		throw turn.signal.aborted ? new AppError('BUSY', { cause: error }) : error;
	} finally {
		clearTimeout(timer);
	}
	throw interrupted('executor stream: no result');
}

interface Result {
	result: Succeeded;
	log: string;
	versionId: string;
	prefix: string;
	hadFailed: boolean;
}

/** The steps of the transaction that ends a run well: from here on readers see this version, and until here nothing of it. */
function endingOf(deps: JobDeps, run: Run, { result, log, versionId, prefix, hadFailed }: Result): Write[] {
	const { job, execution, transform } = run;
	const { transformId, ownerId, name } = transform;
	const { manifest, warnings } = result;
	const now = deps.now();
	const version: versions.NewVersion = {
		versionId,
		s3Path: prefix,
		schema: schemaOf(manifest, { runCode: 'invalid_result' }),
		rowCount: manifest.rows,
		partitionColumn: null,
		importSummary: null,
		lastImportAt: now,
		lastImportBy: ownerId,
		fileCount: manifest.files.length,
		bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
	};
	const output = { datasetId: job.datasetId, transformId, ownerId, name };
	const { executionId, startedAt } = execution;
	const ended = { status: 'succeeded', finishedAt: now, rowCount: manifest.rows } as const;
	return [
		...(transform.outputDatasetId === null ? versions.make(output, version) : versions.remake(output, version)),
		executions.end(execution, {
			...ended,
			step: 'done',
			versionId,
			log,
			warnings: shortWarnings(warnings),
		}),
		runState.end(transformId, job.jobId, {
			lastRun: { executionId, startedAt, ...ended },
			outputDatasetId: job.datasetId,
			scheduledFailures: undefined,
		}),
		...(hadFailed ? [users.forgetFailed(ownerId, transformId)] : []),
	];
}

/** Tells everybody of the new version, the log last of all: what is said twice, after a crash, does no harm but there. */
async function announce(deps: JobDeps, { job, execution, transform }: Run): Promise<void> {
	const { transformId, ownerId, datasetId } = job;
	const { executionId, trigger, startedBy } = execution;
	if (transform.pausedAt !== undefined) await resume(deps, transformId);
	await deps.access.wrote('transform', transformId);
	await deps.access.wrote('user', ownerId);
	await forgetDataset(deps, datasetId);
	await inputChanged(deps, datasetId);
	await deps.audit.record({
		action: 'TRANSFORM_EXECUTED',
		by: { user: { userId: startedBy ?? ownerId } },
		on: { type: 'transform', id: transformId },
		details: { executionId, trigger, datasetId },
	});
}

/** Its schedule goes on, as it was paused for runs that failed and this one did not. */
function resume({ dynamo, now }: JobDeps, transformId: string): Promise<void> {
	return againWhileChanged(nothingKept, async () => {
		const item = await repository.get(dynamo, transformId);
		if (item?.pausedAt === undefined) return;
		await runState.resume(dynamo, item, nextTime({ ...item, pausedAt: undefined }, now()));
	});
}

const nothingKept = () => Promise.resolve();

async function fail(deps: JobDeps, lease: Lease, job: jobs.TransformJob, appError: AppError): Promise<void> {
	const { transformId, ownerId, executionId, startedAt, jobId } = job;
	const now = deps.now();
	const { error: failure, log } = describeFailure(appError, lease.log);
	const schedule = await onSchedule(deps, job, { code: failure.code, now });
	const error = { ...failure, pausedReason: schedule.pausedReason ?? null };
	const ended = { status: 'failed', finishedAt: now } as const;
	const step = lease.step as jobs.TransformJob['step'];
	await deps.dynamo.transact([
		jobs.fail(jobId, lease.holder, null, now),
		executions.end(job, { ...ended, step, error, log }),
		runState.end(transformId, jobId, { ...schedule, lastRun: { executionId, startedAt, ...ended, rowCount: null } }),
		users.noteFailed(ownerId, transformId),
	]);
	await deps.access.wrote('transform', transformId);
	await deps.access.wrote('user', ownerId);
	await deps.audit.record({
		action: 'TRANSFORM_FAILED',
		by: { user: { userId: ownerId } },
		on: { type: 'transform', id: transformId },
		details: { executionId, code: error.code },
	});
}

/** What the failure does to the schedule of its transform. */
async function onSchedule({ dynamo }: JobDeps, job: jobs.TransformJob, failed: { code: string; now: number }) {
	const [transform, execution] = await dynamo.batchGet([repository.keyOf(job.transformId), executions.keyOf(job)]);
	// The write that follows finds that they are gone.
	if (!transform || !execution) return {};
	const { trigger } = executions.parse(execution);
	return countFailure(repository.parsePausing(transform), { trigger, ...failed });
}

function interrupted(message: string): AppError {
	return new AppError('UPSTREAM_UNAVAILABLE', { message });
}
