// Why code did not run, or failed: what the page marks, shows and offers to open.
import type { ErrorCode } from '$lib/contracts/errors';
import { m } from '$lib/paraglide/messages';
import { codeOf, detailsOf, fieldsOf, sentenceOf } from './failures';

export interface RunFailure {
	code: ErrorCode | null;
	message: string;
	/** From 1, in the code. */
	line: number | null;
	traceback: string | null;
	stdout: string;
}

/** A reason that the page itself knows, without asking anybody. */
export function refusal(message: string, line: number | null = null): RunFailure {
	return { code: null, message, line, traceback: null, stdout: '' };
}

/** What a failed call says about the run. */
export function failureOf(caught: unknown): RunFailure {
	const { message, line, traceback, stdout, datasets } = detailsOf(caught);
	const ended = (datasets as { name: string }[] | undefined)?.map(({ name }) => name).join(', ');
	const sentence = ended ? m.editor_dataset_ended({ names: ended }) : sentenceOf(caught);
	return {
		code: codeOf(caught),
		message: typeof message === 'string' ? message : (Object.values(fieldsOf(caught))[0] ?? sentence),
		line: typeof line === 'number' ? line : null,
		traceback: typeof traceback === 'string' ? traceback : null,
		stdout: typeof stdout === 'string' ? stdout : '',
	};
}
