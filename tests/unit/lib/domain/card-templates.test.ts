import { parser } from '@lezer/python';
import { describe, expect, test } from 'vitest';
import type { Cell, Column } from '$lib/contracts/dataset';
import { templatesFor, type Template } from '$lib/domain/card-templates';

type Known = Pick<Column, 'name' | 'type'>;
const flights: Known[] = [
	{ name: 'departure', type: 'datetime' },
	{ name: 'flight_id', type: 'int64' },
	{ name: 'tail', type: 'string' },
	{ name: 'carrier', type: 'string' },
	{ name: 'delay', type: 'float64' },
	{ name: 'cancelled', type: 'bool' },
];
const rows: Cell[][] = Array.from({ length: 40 }, (_, i) => [
	'2026-01-01T00:00:00',
	i,
	`N${i}`,
	'ABCD'.charAt(i % 4),
	i / 2,
	i % 2 === 0,
]);

const codeOf = (templates: Template[], id: Template['id']) =>
	templates.find((template) => template.id === id)?.code ?? null;

/** Names of syntax errors in a program. */
function errorsIn(code: string): string[] {
	const found: string[] = [];
	parser.parse(code).iterate({ enter: ({ type, from }) => void (type.isError && found.push(`at ${from}`)) });
	return found;
}

describe('templates of cards', () => {
	test('name the columns of the data by the part they play', () => {
		const templates = templatesFor(flights, rows);
		expect(codeOf(templates, 'bar')).toContain('dataset.groupby("carrier", dropna=False)["delay"].mean()');
		expect(codeOf(templates, 'line')).toContain('dataset["departure"].dt.floor("D")');
		expect(codeOf(templates, 'pivot')).toContain('row, column = named["carrier"], named["cancelled"]');
		expect(codeOf(templates, 'table')).toContain('["departure", "flight_id", "tail", "carrier", "delay", "cancelled"]');
	});

	test('group by a column that repeats, not by one whose every row differs', () => {
		expect(codeOf(templatesFor(flights, rows), 'pie')).toContain('dataset["carrier"]');
	});

	test('do not average numbers that name things', () => {
		const columns: Known[] = [
			{ name: 'flight_id', type: 'int64' },
			{ name: 'carrier', type: 'string' },
		];
		const code = codeOf(templatesFor(columns, []), 'bar');
		expect(code).toContain('value_counts(dropna=False)');
		expect(code).not.toContain('mean');
	});

	test('say which column the data lack', () => {
		const templates = templatesFor([{ name: 'n', type: 'int64' }], []);
		const missing = Object.fromEntries(templates.map(({ id, missing: role }) => [id, role]));
		expect(missing).toEqual({
			number: null,
			bar: 'category',
			line: 'date',
			pie: 'category',
			table: null,
			pivot: 'category',
		});
	});

	test('are Python whatever the columns are called', () => {
		const odd = flights.map((column, at) => ({ ...column, name: `${column.name} "${at}" \\ 列\n` }));
		for (const columns of [flights, odd, flights.slice(0, 2), []]) {
			for (const { id, code } of templatesFor(columns, [])) {
				if (code === null) continue;
				expect(errorsIn(code), `${id}:\n${code}`).toEqual([]);
				expect(code).not.toMatch(/\{\{|# with|\(with/);
			}
		}
	});

	test('are the programs that the tests of the executor run in its jail', async () => {
		const columns: Known[] = [
			{ name: '日付', type: 'datetime' },
			{ name: '区分', type: 'string' },
			{ name: '地域', type: 'string' },
		];
		const sales: Known = { name: '売上', type: 'float64' };
		const of = (given: Known[]) => templatesFor(given, []);
		const programs = of([...columns, sales]);
		// Those that need no column of numbers are the same with one.
		const ofRows = of(columns).filter(({ code }) => programs.every((other) => other.code !== code));
		for (const { id, code } of [...programs, ...ofRows.map(({ id, code }) => ({ id: `${id}-of-rows`, code }))]) {
			await expect(code).toMatchFileSnapshot(`../../../../executor-container/tests/fixtures/templates/${id}.py`);
		}
	});
});
