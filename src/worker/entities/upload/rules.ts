// The arithmetic of uploads: equal parts, the last one shorter. Pure.
import { PART_BYTES } from '$lib/contracts/upload';

export function partCount(size: number): number {
	return Math.ceil(size / PART_BYTES);
}

/** Bytes that a part must have, or null when an upload of this size has no such part. Parts are numbered from 1. */
export function bytesOfPart(size: number, number: number): number | null {
	const count = partCount(size);
	if (!Number.isInteger(number) || number < 1 || number > count) return null;
	return number < count ? PART_BYTES : size - (count - 1) * PART_BYTES;
}
