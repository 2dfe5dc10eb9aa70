import { describe, expect, test } from 'vitest';
import { mentionedColumns } from '../../../../src/worker/render/columns';

const mentioned = (code: string, columns: string[]) => mentionedColumns(code, columns);

describe('columns mentioned in code', () => {
	test('are found in strings, attributes, keywords and queries', () => {
		const code = `
def render(dataset, filters, params):
    dataset = dataset.query("amount > 3 and \`unit price\` < 5")
    return dataset.assign(total=dataset.region)["day"]`;
		expect(mentioned(code, ['amount', 'unit price', 'total', 'region', 'day', 'other', 'am'])).toEqual([
			'amount',
			'unit price',
			'total',
			'region',
			'day',
		]);
	});

	test('a name with other characters counts wherever it stands', () => {
		expect(mentioned('x["売上 (円)"]', ['売上 (円)', '売上', '(円)', '費用'])).toEqual(['売上 (円)', '売上', '(円)']);
	});

	test('composed and decomposed spellings are one name', () => {
		expect(mentioned('x["caf\u0065\u0301"]', ['caf\u00e9'])).toEqual(['caf\u00e9']);
	});

	test('a column without a name is always among them', () => {
		expect(mentioned('1', ['', 'a'])).toEqual(['']);
	});
});
