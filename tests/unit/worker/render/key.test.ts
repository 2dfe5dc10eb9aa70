import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderKey, type KeyParts } from '../../../../src/worker/render/key';

const text = fc.string({ minLength: 1, unit: 'grapheme' });
const category = fc.record({
	type: fc.constant('category' as const),
	column: text,
	values: fc.uniqueArray(text, { minLength: 1 }).map((values) => values.sort()),
	includeNull: fc.boolean(),
});
const filter = fc.oneof(
	category,
	fc.record({
		type: fc.constant('date_range' as const),
		column: text,
		start: fc.constantFrom('2024-01-01', '2024-06-01'),
		end: fc.constantFrom('2024-12-31', null),
	}),
);
const parts: fc.Arbitrary<KeyParts> = fc.record({
	codeHash: fc.stringMatching(/^[0-9a-f]{64}$/),
	versions: fc.array(fc.tuple(text, text), { maxLength: 3 }),
	filters: fc.uniqueArray(filter, { maxLength: 4, selector: (one) => one.column }),
	zone: fc.constantFrom('UTC', 'Asia/Tokyo'),
	rows: fc.dictionary(text, fc.tuple(category), { maxKeys: 2, noNullPrototype: true }),
	image: text,
});

describe('the key of a card', () => {
	test('changes with any change of code, versions, filters, zone, rows or image', async () => {
		await fc.assert(
			fc.asyncProperty(parts, parts, async (one, other) => {
				const key = await renderKey(one);
				for (const name of Object.keys(one) as (keyof KeyParts)[]) {
					const mixed = { ...one, [name]: other[name] };
					const same = JSON.stringify(sorted(mixed)) === JSON.stringify(sorted(one));
					expect((await renderKey(mixed)) === key).toBe(same);
				}
			}),
		);
	});

	test('changes with a value, the nulls, an end of a range or the order of datasets', async () => {
		const base: KeyParts = {
			codeHash: 'c',
			versions: [
				['a', '1'],
				['b', '2'],
			],
			filters: [{ type: 'category', column: 'x', values: ['1'], includeNull: false }],
			zone: 'UTC',
			rows: {},
			image: 'i',
		};
		const keys = await Promise.all([
			renderKey(base),
			renderKey({
				...base,
				versions: [
					['b', '2'],
					['a', '1'],
				],
			}),
			renderKey({ ...base, filters: [{ type: 'category', column: 'x', values: ['1'], includeNull: true }] }),
			renderKey({ ...base, filters: [{ type: 'category', column: 'x', values: ['1', '2'], includeNull: false }] }),
			renderKey({ ...base, filters: [{ type: 'category', column: 'y', values: ['1'], includeNull: false }] }),
			renderKey({ ...base, filters: [] }),
			// Whoever is kept from rows does not share with whoever filters them away.
			renderKey({ ...base, filters: [], rows: { a: base.filters } }),
			renderKey({ ...base, filters: [], rows: { b: base.filters } }),
			renderKey({ ...base, filters: [{ type: 'date_range', column: 'x', start: '2024-01-01', end: null }] }),
			renderKey({ ...base, filters: [{ type: 'date_range', column: 'x', start: null, end: '2024-01-01' }] }),
		]);
		expect(new Set(keys).size).toBe(keys.length);
	});

	test('does not change with the order of filters or of what holds them', async () => {
		await fc.assert(
			fc.asyncProperty(parts, async (one) => {
				const turned: KeyParts = {
					image: one.image,
					rows: Object.fromEntries(Object.entries(one.rows).reverse()),
					zone: one.zone,
					filters: one.filters.map((f) => Object.fromEntries(Object.entries(f).reverse()) as typeof f).reverse(),
					versions: one.versions,
					codeHash: one.codeHash,
				};
				expect(await renderKey(turned)).toBe(await renderKey(one));
			}),
		);
	});

	test('keeps texts apart that are not well-formed', async () => {
		const keyOf = (value: string) =>
			renderKey({
				codeHash: 'c',
				versions: [],
				filters: [{ type: 'category', column: 'x', values: [value], includeNull: false }],
				zone: 'UTC',
				rows: {},
				image: 'i',
			});
		expect(await keyOf('\ud800')).not.toBe(await keyOf('\ufffd'));
	});
});

function sorted(parts: KeyParts): unknown {
	const filters = [...parts.filters].sort((a, b) => (a.column < b.column ? -1 : 1));
	const rows = Object.entries(parts.rows).sort(([a], [b]) => (a < b ? -1 : 1));
	return [parts.codeHash, parts.versions, filters.map((f) => Object.entries(f).sort()), parts.zone, rows, parts.image];
}
