// Jobs: work that goes on after the answer. The item is the truth; a queue message only nudges.
import * as z from 'zod';
import { id, isoTime } from './common';
import { importError } from './dataset';
import { transformStep } from './transform';

export const jobKind = z.enum(['import', 'transform']);
export const jobStatus = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']);
/** The steps of an import, in order; a test kills the job at each. */
export const importStep = z.enum([
	'queued',
	'copy',
	'scan',
	'profile',
	'write',
	'verify',
	'send',
	'store',
	'flip',
	'done',
]);
export type ImportStep = z.infer<typeof importStep>;
const jobStep = z.union([importStep, transformStep]);
export type JobStep = z.infer<typeof jobStep>;

export const job = z.object({
	jobId: id,
	kind: jobKind,
	status: jobStatus,
	step: jobStep,
	progress: z.object({ done: z.number(), total: z.number() }),
	/** What it makes, or a new version of. */
	datasetId: id,
	error: importError.nullable(),
	createdAt: isoTime,
	updatedAt: isoTime,
});
export type Job = z.infer<typeof job>;
export const jobRef = z.object({ jobId: id });

/** What travels through the queue. */
export const jobMessage = z.object({ type: z.literal('job'), jobId: id });
export type JobMessage = z.infer<typeof jobMessage>;
