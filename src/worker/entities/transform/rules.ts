// What makes a transform: pure rules about its code, its params and where its inputs come from. Knows no store and no actor.
import type { Json } from '$lib/contracts/common';
import { paramsProblems } from '$lib/domain/params';
import { definesFunction } from '$lib/domain/python/definitions';
import type { AttachedDataset } from '../dataset/rules';

/** Transforms that a person may have. */
export const MAX_TRANSFORMS = 500;

/** Why these fields make no transform, by field; empty when they do. */
export function problemsOf(transform: {
	code: string;
	params: Record<string, Json>;
	inputDatasetIds: readonly string[];
}): Record<string, string> {
	const { code, params, inputDatasetIds } = transform;
	const problems = paramsProblems(code, params);
	if (!definesFunction(code, 'transform')) problems['code'] = 'must define def transform(inputs, params)';
	inputDatasetIds.forEach((id, position) => {
		if (inputDatasetIds.indexOf(id) < position) problems[`inputDatasetIds.${position}`] = 'is there already';
	});
	return problems;
}

/** A text of at most so many bytes of UTF-8; what is cut is cut at its end. */
export function shorten(text: string, bytes: number): string {
	const encoded = new TextEncoder().encode(text);
	// A character that is cut in two is dropped with the rest.
	return encoded.length <= bytes ? text : new TextDecoder().decode(encoded.subarray(0, bytes)).replace(/\uFFFD$/, '');
}

/** A transform, as far as where data come from is told by it. */
export interface Step {
	transformId: string;
	outputDatasetId: string | null;
	inputs: readonly AttachedDataset[];
}

/**
 * How these inputs come from the transform's own output, in the order in which data flow: the transform first and whatever makes
 * one of its inputs last. Null when they do not.
 * @param makers transforms by the dataset that they make, as far as any of the inputs hangs on them
 */
export function findCycle<T extends Step>(
	transformId: string,
	inputDatasetIds: readonly string[],
	makers: ReadonlyMap<string, T>,
): T[] | null {
	const seen = new Set<string>();
	const chainFrom = (datasetId: string): T[] | null => {
		const maker = makers.get(datasetId);
		if (!maker || seen.has(datasetId)) return null;
		seen.add(datasetId);
		if (maker.transformId === transformId) return [maker];
		for (const input of maker.inputs) {
			const chain = chainFrom(input.datasetId);
			if (chain) return [...chain, maker];
		}
		return null;
	};
	for (const datasetId of inputDatasetIds) {
		const chain = chainFrom(datasetId);
		if (chain) return chain;
	}
	return null;
}
