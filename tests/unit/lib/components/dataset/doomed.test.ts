import { describe, expect, test } from 'vitest';
import type { Inspection } from '$lib/contracts/upload';
import { doomOf } from '$lib/components/dataset/doomed';

const columns: Inspection['columns'] = [
	{ name: 'id', type: 'int64', nullable: false, zoned: false, settled: true, examples: [] },
	{ name: 'note', type: 'string', nullable: true, zoned: false, settled: true, examples: [] },
];
const seen = {
	columns,
	rows: [
		[1, 'x'],
		[2, null],
	],
	complete: true,
	rowsSeen: 990,
	rejected: 10,
};

describe('an import', () => {
	test('may leave out one row in a hundred, and no more of a file that was seen whole', () => {
		expect(doomOf(seen, {})).toBeNull();
		const worse = { ...seen, rowsSeen: 989, rejected: 11 };
		expect(doomOf(worse, {})).toEqual({ reason: 'rejects', rejected: 11, rows: 1000, limit: 0.01 });
		expect(doomOf({ ...worse, complete: false }, {})).toBeNull();
		expect(doomOf(worse, { rejectLimit: 0.5 })).toBeNull();
	});

	test('fails for a type that values do not have, unless they may become empty', () => {
		const types = { note: 'int64', id: 'float64' } as const;
		expect(doomOf(seen, { types })).toEqual({ reason: 'misfit', column: 'note', type: 'int64' });
		expect(doomOf(seen, { types, onMisfit: 'null' })).toBeNull();
		expect(doomOf(seen, { types: { id: 'float64', note: 'string' } })).toBeNull();
	});
});
