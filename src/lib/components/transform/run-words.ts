// What a run does, did and died of, and why a schedule pauses, in words.
import type { Execution, PausedReason } from '$lib/contracts/transform';
import { m } from '$lib/paraglide/messages';
import { format } from '$lib/state/format';

export const triggerNames = {
	manual: m.transform_trigger_manual,
	schedule: m.transform_trigger_schedule,
	input: m.transform_trigger_input,
} satisfies Record<Execution['trigger'], () => string>;

const stepNames = {
	queued: m.transform_step_queued,
	fetch: m.transform_step_fetch,
	run: m.transform_step_run,
	write: m.transform_step_write,
	send: m.transform_step_send,
	store: m.transform_step_store,
	flip: m.transform_step_flip,
	done: m.transform_step_flip,
} satisfies Record<Execution['step'], () => string>;

/** `Writing the result · 2,000 of 5,000 rows`. */
export function stepInWords({ step, progress: { done, total } }: Pick<Execution, 'step' | 'progress'>): string {
	const { number, bytes } = format();
	const counts: Partial<Record<Execution['step'], () => string>> = {
		write: () => m.transform_step_rows({ done: number(done), total: number(total) }),
		send: () => m.transform_step_bytes({ done: bytes(done), total: bytes(total) }),
	};
	const counted = total > 0 ? counts[step]?.() : undefined;
	return counted ? `${stepNames[step]()} · ${counted}` : stepNames[step]();
}

/** How much of a run is behind it, from 0 to 1: its steps as equals. */
export function shareOf({ step, progress: { done, total } }: Pick<Execution, 'step' | 'progress'>): number {
	const steps = Object.keys(stepNames);
	return (steps.indexOf(step) + (total > 0 ? done / total : 0)) / (steps.length - 1);
}

const causes: Record<string, () => string> = {
	interrupted: m.transform_error_interrupted,
	input_gone: m.transform_error_input_gone,
	input_not_shared: m.transform_error_input_not_shared,
	input_empty: m.transform_error_input_empty,
	input_hidden: m.transform_error_input_hidden,
	owner_disabled: m.transform_error_owner_disabled,
};

/** Why a schedule pauses, in one sentence. */
export const pausedReasons = {
	failures: m.transform_paused_failures,
	owner_disabled: m.transform_paused_owner_disabled,
} satisfies Record<PausedReason, () => string>;

/** Why a run failed, in one sentence: ours where the reason is ours, else what its code said. */
export function causeOf({ code, message }: NonNullable<Execution['error']>): string {
	return causes[code]?.() ?? message;
}
