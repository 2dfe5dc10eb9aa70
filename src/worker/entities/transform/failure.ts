// Why a run failed, in the words for its owner, and short enough for an item.
import type { Execution, ExecutionError } from '$lib/contracts/transform';
import type { AppError } from '../../errors';
import { ExecutorProblem } from '../../infra/executor/port';
import type { TransformItem } from './repository';
import { shorten } from './rules';

/** Bytes of what an item keeps: all together far from the 400 KB that DynamoDB takes. */
export const MAX_LOG_BYTES = 64 * 1024 + 128; // the 64 KB of a run, and the executor's line that the rest is left out
const MAX_MESSAGE_BYTES = 4 * 1024;
const MAX_TRACEBACK_BYTES = 16 * 1024;
const MAX_WARNINGS = 50;
const MAX_WARNING_BYTES = 1024;

/** The executor, or whoever worked on the run, went away: none of the code's doing. */
const LOST = new Set(['executor_lost', 'upstream_unavailable']);

/** What failed, and what the code had printed. @param printed as far as it was told before */
export function describeFailure(
	{ code, userMessage, details, cause }: AppError,
	printed: string,
): { error: Omit<ExecutionError, 'pausedReason'>; log: string } {
	const verdict = cause instanceof ExecutorProblem ? cause.failure : null;
	const runCode = String(details?.['runCode'] ?? verdict?.code ?? code.toLowerCase());
	const log = shorten(verdict?.stdout || printed, MAX_LOG_BYTES);
	if (LOST.has(runCode)) {
		const message = 'The run was interrupted. The output is as it was; run it again.';
		return { error: { code: 'interrupted', message, line: null, traceback: null }, log };
	}
	const error = {
		code: runCode,
		message: shorten(userMessage, MAX_MESSAGE_BYTES),
		line: verdict?.line ?? null,
		traceback: verdict?.traceback ? shorten(verdict.traceback, MAX_TRACEBACK_BYTES) : null,
	};
	return { error, log };
}

/** Runs by a schedule that fail one after the other until it pauses. */
export const MAX_SCHEDULED_FAILURES = 10;

/** What the failure of a run does to the schedule that began it. Nothing when something else began it. @param now UNIX seconds */
export function countFailure(
	{ schedule, scheduledFailures = 0 }: Pick<TransformItem, 'schedule' | 'scheduledFailures'>,
	{ trigger, code, now }: Pick<Execution, 'trigger'> & { code: string; now: number },
): Partial<Pick<TransformItem, 'scheduledFailures' | 'pausedAt' | 'pausedReason'>> {
	if (trigger !== 'schedule' || schedule === null) return {};
	const failures = { scheduledFailures: scheduledFailures + 1 };
	if (code === 'owner_disabled') return { ...failures, pausedAt: now, pausedReason: 'owner_disabled' };
	if (failures.scheduledFailures < MAX_SCHEDULED_FAILURES) return failures;
	return { ...failures, pausedAt: now, pausedReason: 'failures' };
}

/** What the executor remarked, shortened. */
export function shortWarnings(warnings: readonly string[]): string[] {
	return warnings.slice(0, MAX_WARNINGS).map((warning) => shorten(warning, MAX_WARNING_BYTES));
}
