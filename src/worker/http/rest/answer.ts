// Answers of REST: envelopes, status and headers, with the names of the wire.
import type * as z from 'zod';
import type { AppError } from '../../errors';
import { failureAnswer } from '../security';
import { inputShapeOf } from './input';
import { shapeOf, snakeCase, toWire, wirePath, type Shape } from './names';
import { isPage, jsonSchemaOf } from './schema';

interface OutputShape {
	shape: Shape;
	isPage: boolean;
}

const shapes = new WeakMap<z.ZodType, OutputShape>();

function outputShapeOf(schema: z.ZodType): OutputShape {
	const known = shapes.get(schema);
	if (known) return known;
	const described = jsonSchemaOf(schema, 'output');
	const made = { shape: shapeOf(described), isPage: isPage(described) };
	shapes.set(schema, made);
	return made;
}

/**
 * A success: `{data}`, or `{data, pagination}` for a page; 204 has no body. A thing's revision is its ETag too.
 * @param declared status of the route; what was made but is not ready yet is 202 instead of 201
 */
export function successAnswer(output: unknown, schema: z.ZodType | undefined, declared: number): Response {
	if (declared === 204 || !schema) return new Response(null, { status: 204 });
	const status = declared === 201 && isUnderWay(output) ? 202 : declared;
	const { shape, isPage: paged } = outputShapeOf(schema);
	const wire = toWire(shape, output);
	if (paged) {
		const { items, pagination } = wire as { items: unknown; pagination: unknown };
		return Response.json({ data: items, pagination }, { status });
	}
	return Response.json({ data: wire }, { status, headers: etagOf(output) });
}

function isUnderWay(output: unknown): boolean {
	return typeof output === 'object' && output !== null && 'status' in output && output.status === 'importing';
}

function etagOf(output: unknown): Record<string, string> {
	const isRevised = typeof output === 'object' && output !== null && 'revision' in output;
	return isRevised ? { ETag: `"${String(output.revision)}"` } : {};
}

/** A failure: `{error: {code, message, details?}}`. `input` and `output` are of the route that failed, for its names. */
export function errorAnswer(
	error: AppError,
	{ input, output }: { input?: z.ZodType; output?: z.ZodType } = {},
): Response {
	return failureAnswer(error, error.details && wireDetails(error.details, input, output));
}

/** `fields` has paths of the input as keys, `current` is the thing itself; everything else has our own names all through. */
function wireDetails(details: Record<string, unknown>, input?: z.ZodType, output?: z.ZodType): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(details).map(([name, value]) => {
			if (name === 'fields' && input) return [name, wireFields(inputShapeOf(input), value as Record<string, string>)];
			if (name === 'current' && output) return [name, toWire(outputShapeOf(output).shape, value)];
			return [snakeCase(name), withSnakeKeys(value)];
		}),
	);
}

function wireFields(shape: Shape, fields: Record<string, string>): Record<string, string> {
	return Object.fromEntries(Object.entries(fields).map(([path, reason]) => [wirePath(shape, path), reason]));
}

function withSnakeKeys(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withSnakeKeys);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, item]) => [snakeCase(name), withSnakeKeys(item)]));
}
