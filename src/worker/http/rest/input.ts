// The input of a procedure from a REST request: path, query or body, and `If-Match`, in the contract's names.
import type * as z from 'zod';
import { invalid, refuseProblems } from '../../errors';
import { readJsonObject } from './body';
import { fromWire, shapeOf, type Shape } from './names';
import { jsonSchemaOf } from './schema';

const shapes = new WeakMap<z.ZodType, Shape>();

/** The shape of what a contract takes. */
export function inputShapeOf(schema: z.ZodType): Shape {
	const known = shapes.get(schema) ?? shapeOf(jsonSchemaOf(schema, 'input'));
	shapes.set(schema, known);
	return known;
}

/**
 * What the caller sent, unchecked. Path parameters win over a field of the same name.
 * @throws AppError for a body that is no JSON object, and `VALIDATION_ERROR` for a field that is refused by name
 */
export async function readInput(
	request: Request,
	schema: z.ZodType | undefined,
	params: Record<string, string>,
): Promise<unknown> {
	const sent = request.method === 'GET' || request.method === 'HEAD' ? queryOf(request) : await readJsonObject(request);
	if (!schema) return undefined;
	const shape = inputShapeOf(schema);
	const problems: Record<string, string> = {};
	const input = { ...(fromWire(shape, sent, problems) as Record<string, unknown>), ...params };
	refuseProblems(problems);
	const takesRevision = shape.below.fields.has('revision');
	return takesRevision && !('revision' in input) ? { ...input, ...revisionOf(request) } : input;
}

function queryOf(request: Request): Record<string, string> {
	return Object.fromEntries(new URL(request.url).searchParams);
}

/** `If-Match: "7"` says the same as `revision: 7`; `*` says nothing about a revision. */
function revisionOf(request: Request): { revision?: number } {
	const header = request.headers.get('if-match')?.trim();
	if (!header || header === '*') return {};
	const revision = /^(?:W\/)?"?(\d{1,15})"?$/.exec(header)?.[1];
	if (revision === undefined) throw invalid({ revision: 'If-Match must be the ETag of an answer' });
	return { revision: Number(revision) };
}
