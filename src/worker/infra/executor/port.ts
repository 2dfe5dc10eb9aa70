// What the services know of the Python executor. Failures are `AppError`s with the executor's own words in `cause`.
import type { ImportOptions } from '$lib/contracts/dataset';
import { AppError, codeOfExecutor } from '../../errors';
import type {
	ExecutorFailure,
	ExecutorHealth,
	ImportCall,
	ImportFrame,
	InspectResult,
	RenderCall,
	RenderResult,
	TransformCall,
	TransformFrame,
	TransformPreviewResult,
} from './protocol';

/** What every header has, as far as reading a stream goes. */
export interface Frame {
	type: string;
	/** Of the body that follows. */
	bytes?: number;
}

/** A frame: its header and, when it has one, its body, which must be read to its end before the next. */
export interface ReceivedFrame<F extends Frame> {
	frame: F;
	body: ReadableStream<Uint8Array> | null;
}

export interface Executor {
	health(): Promise<ExecutorHealth>;
	/** @throws AppError with the codes of cards, BUSY or UPSTREAM_UNAVAILABLE; `cause` is an `ExecutorProblem` */
	render(call: RenderCall): Promise<RenderResult>;
	/** @param head the first bytes of a file; `whole` when they are all of it. @throws AppError VALIDATION_ERROR with `details.importCode` */
	inspect(head: Uint8Array<ArrayBuffer>, options: { whole: boolean; options: ImportOptions }): Promise<InspectResult>;
	/**
	 * Frames as they come; the last one is a `result`. @throws AppError UPSTREAM_UNAVAILABLE when the stream ends without one.
	 * @param signal ends the run
	 */
	import(call: ImportCall, signal: AbortSignal): AsyncGenerator<ReceivedFrame<ImportFrame>, void, void>;
	/** The same for a transform. @throws AppError BUSY before the first frame, when others are at work */
	transform(call: TransformCall, signal: AbortSignal): AsyncGenerator<ReceivedFrame<TransformFrame>, void, void>;
	/** Runs a transform on the first rows of its inputs. @throws AppError as `render` */
	previewTransform(
		call: TransformCall,
		rows: { inputRows: number; outputRows: number },
	): Promise<TransformPreviewResult>;
}

/** The executor's verdict, as it said it. */
export class ExecutorProblem extends Error {
	override readonly name = 'ExecutorProblem';

	constructor(readonly failure: ExecutorFailure) {
		super(`${failure.code}${failure.importCode ? ` ${failure.importCode}` : ''}: ${failure.message}`);
	}
}

/**
 * The executor's verdict as what a caller is told. Its messages are written for people, and may quote code and rows: logs, which get
 * neither, are told its codes. Tracebacks stay in `cause`.
 */
export function asAppError(failure: ExecutorFailure, retryAfter?: number): AppError {
	const code = codeOfExecutor(failure.code);
	const cause = new ExecutorProblem(failure);
	if (code === 'INTERNAL') return new AppError('INTERNAL', { message: `executor: ${cause.message}`, cause });
	const details = failure.importCode
		? { importCode: failure.importCode, ...failure.details }
		: (failure.details ?? undefined);
	return new AppError(code, {
		message: `executor: ${failure.importCode ?? failure.code}`,
		...(failure.message && code !== 'UPSTREAM_UNAVAILABLE' && { userMessage: failure.message }),
		...(details && { details }),
		...(retryAfter !== undefined && { retryAfter }),
		cause,
	});
}
