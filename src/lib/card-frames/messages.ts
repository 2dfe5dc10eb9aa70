// What frames and pages say to each other, version 1. Messages of a frame are data from a stranger: shape and size are checked here.

export type LibName = 'plotly-basic' | 'plotly-cartesian' | 'plotly-strict' | 'vega';

/** From the page to a frame. `lib` is the library's text, sent once a frame. */
export type ToFrame =
	| { v: 1; t: 'hello' }
	| { v: 1; t: 'figure'; lib: string | null; spec: unknown }
	| { v: 1; t: 'theme' };

/** One selected point; scalars only. */
export interface SelectedPoint {
	x?: Scalar;
	y?: Scalar;
	label?: Scalar;
	trace?: Scalar;
}
type Scalar = string | number | boolean | null | undefined;

/** From a frame to the page, once it has been believed. */
export type FromFrame =
	| { t: 'ready' }
	| { t: 'drawn' }
	| { t: 'failed'; message: string }
	| { t: 'height'; px: number }
	| { t: 'select'; points: SelectedPoint[] };

/** Messages a second from one frame; one more and the frame is removed. */
export const MESSAGE_LIMIT = 40;
const MAX_POINTS = 100;
const MAX_TEXT = 200;
const MAX_REASON = 300;
const MIN_HEIGHT = 60;
const MAX_HEIGHT = 4000;
const POINT_KEYS = ['x', 'y', 'label', 'trace'] as const;

/** A message of a frame, or null when it is none of ours. Heights are clamped, reasons cut; an odd selection is refused whole. */
export function readMessage(data: unknown): FromFrame | null {
	if (typeof data !== 'object' || data === null) return null;
	const message = data as Record<string, unknown>;
	if (message.v !== 1) return null;
	switch (message.t) {
		case 'ready':
		case 'drawn':
			return { t: message.t };
		case 'failed':
			return { t: 'failed', message: String(message.message).slice(0, MAX_REASON) };
		case 'height':
			if (typeof message.px !== 'number' || !Number.isFinite(message.px)) return null;
			return { t: 'height', px: Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, message.px)) };
		case 'select': {
			const points = readPoints(message.points);
			return points && { t: 'select', points };
		}
		default:
			return null;
	}
}

function readPoints(points: unknown): SelectedPoint[] | null {
	if (!Array.isArray(points) || points.length > MAX_POINTS) return null;
	const read: SelectedPoint[] = [];
	for (const point of points) {
		if (typeof point !== 'object' || point === null || !POINT_KEYS.every((key) => isScalar(point[key]))) return null;
		read.push({ x: point.x, y: point.y, label: point.label, trace: point.trace });
	}
	return read;
}

function isScalar(value: unknown): boolean {
	if (value === null || value === undefined || typeof value === 'boolean') return true;
	if (typeof value === 'number') return Number.isFinite(value);
	return typeof value === 'string' && value.length <= MAX_TEXT;
}
