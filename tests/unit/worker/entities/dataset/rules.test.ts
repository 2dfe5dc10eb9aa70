import { describe, expect, test } from 'vitest';
import { attach, differenceOf, foreignProblems } from '../../../../../src/worker/entities/dataset/rules';

describe('aliases', () => {
	test('are the names at attachment, freeze, and stay apart', () => {
		const first = attach(
			[
				{ datasetId: '1', name: 'Sales' },
				{ datasetId: '2', name: 'Sales' },
			],
			[],
		);
		expect(first.map(({ alias }) => alias)).toEqual(['Sales', 'Sales 2']);
		const later = attach(
			[
				{ datasetId: '3', name: 'Sales' },
				{ datasetId: '1', name: 'Renamed' },
			],
			first,
		);
		expect(later).toEqual([
			{ datasetId: '3', alias: 'Sales 2' },
			{ datasetId: '1', alias: 'Sales' },
		]);
	});
});

test('what comes and what goes is told by the datasets, not by their order or aliases', () => {
	const attached = (...ids: string[]) => ids.map((datasetId, at) => ({ datasetId, alias: `a${at}` }));
	expect(differenceOf(attached('1', '2', '3'), attached('4', '3', '1'))).toEqual({ added: ['4'], dropped: ['2'] });
	expect(differenceOf(attached('1', '2'), attached('2', '1'))).toEqual({ added: [], dropped: [] });
});

test('datasets that are not the author’s are refused where they are named', () => {
	const isUsable = (id: string) => id !== 'other';
	expect(foreignProblems(['own', 'other'], isUsable, (position) => `datasetIds.${position}`)).toEqual({
		'datasetIds.1': 'is not a dataset of yours',
	});
	expect(foreignProblems(['own'], isUsable, () => 'datasetId')).toEqual({});
});
