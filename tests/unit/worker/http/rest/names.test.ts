// Renaming between contracts and wire: what is renamed, what is left alone, and that nothing is lost on the way.
import fc from 'fast-check';
import * as z from 'zod';
import { describe, expect, test } from 'vitest';
import * as contracts from '$lib/contracts';
import { fromWire, inWireNames, shapeOf, snakeCase, toWire, wirePath } from '../../../../../src/worker/http/rest/names';
import { jsonSchemaOf } from '../../../../../src/worker/http/rest/schema';

const inputShape = (schema: z.ZodType) => shapeOf(jsonSchemaOf(schema, 'input'));
const outputShape = (schema: z.ZodType) => shapeOf(jsonSchemaOf(schema, 'output'));
const read = (schema: z.ZodType, value: unknown) => {
	const problems: Record<string, string> = {};
	return { value: fromWire(inputShape(schema), value, problems), problems };
};

describe('names on the wire', () => {
	test.each([
		['userId', 'user_id'],
		['s3Path', 's3_path'],
		['executionTimeMs', 'execution_time_ms'],
		['x', 'x'],
	])('%s becomes %s', (name, wire) => expect(snakeCase(name)).toBe(wire));

	test('fields are renamed at every depth, through lists, unions and optional parts', () => {
		const layout = { cards: [{ card_id: 'card_1', x: 0, y: 0, w: 1, h: 1 }], row_height: 50 };
		expect(
			read(contracts.dashboards.dashboardUpdate, { layout, filters: [{ id: 'a', multi_select: true }] }).value,
		).toEqual({
			layout: { cards: [{ cardId: 'card_1', x: 0, y: 0, w: 1, h: 1 }], rowHeight: 50 },
			filters: [{ id: 'a', multiSelect: true }],
		});
	});

	test('keys of records are data: column names, params and filter states keep theirs', () => {
		const body = {
			name: 'n',
			params: { topN: 3, deep_er: { aB: [{ cD: 1 }] } },
			filters: { passengerClass: { values: ['a'], include_null: true } },
		};
		expect(read(contracts.cards.cardPreviewInput, body).value).toEqual({
			params: body.params,
			filters: { passengerClass: { values: ['a'], includeNull: true } },
		});
		const answer = toWire(outputShape(contracts.dashboards.dashboardView), {
			filterState: { myColumn: { values: [], includeNull: false } },
			options: { someId: { values: [{ value: 'aB', count: 1 }], nullCount: 0, truncated: false } },
		});
		expect(answer).toEqual({
			filter_state: { myColumn: { values: [], include_null: false } },
			options: { someId: { values: [{ value: 'aB', count: 1 }], null_count: 0, truncated: false } },
		});
	});

	test('fields that a contract does not name are dropped, and so is the camelCase spelling of one', () => {
		expect(
			read(contracts.cards.cardCreate, { name: 'n', owner: 'me', datasetId: 'ds_1', created_at: 'now' }).value,
		).toEqual({ name: 'n' });
	});

	test('where a contract refuses unknown fields, one is reported under the path that the caller wrote', () => {
		const { problems } = read(contracts.cards.cardExecuteInput, {
			filters: { country: { values: [], includeNull: true } },
		});
		expect(problems).toEqual({ 'filters.country.includeNull': 'is not a field of this value' });
	});

	test('undefined is left out of an answer and null stays', () => {
		expect(
			toWire(outputShape(contracts.dashboards.dashboardDetail), { description: null, defaultFilterViewId: undefined }),
		).toEqual({
			description: null,
		});
	});

	test('an answer holds nothing that its contract does not name', () => {
		const card = {
			cardId: 'card_1',
			owner: { userId: 'user_1', name: 'A', email: 'a@b.example', groupIds: [] },
			codeHash: 'x',
		};
		expect(toWire(outputShape(contracts.cards.cardDetail), card)).toEqual({
			card_id: 'card_1',
			owner: { user_id: 'user_1', name: 'A' },
		});
	});

	test('a cell table passes without being copied', () => {
		const rows = [[1, 'a']];
		const answer = toWire(outputShape(contracts.datasets.preview), {
			columns: ['rowId'],
			rows,
			totalRows: 1,
			previewRows: 1,
		});
		expect(answer).toEqual({ columns: ['rowId'], rows, total_rows: 1, preview_rows: 1 });
		expect((answer as { rows: unknown }).rows).toBe(rows);
	});

	test('a key named __proto__ is data like any other and pollutes nothing', () => {
		const { value } = read(
			contracts.cards.cardPreviewInput,
			JSON.parse('{"params": {"__proto__": {"admin": true}}, "__proto__": 1}'),
		);
		expect(Object.keys(value as object)).toEqual(['params']);
		expect(({} as { admin?: boolean }).admin).toBeUndefined();
	});

	test.each([
		['layout.cards.0.cardId', 'layout.cards.0.card_id'],
		['layout.rowHeight', 'layout.row_height'],
		['filters.2.multiSelect', 'filters.2.multi_select'],
		['noSuchField', 'noSuchField'],
	])('the path %s of a reason reads %s', (path, wire) => {
		expect(wirePath(inputShape(contracts.dashboards.dashboardUpdate), path)).toBe(wire);
	});

	test('the path of a reason keeps the keys of records', () => {
		expect(wirePath(inputShape(contracts.datasets.datasetImportInput), 'options.types.orderId')).toBe(
			'options.types.orderId',
		);
		expect(wirePath(inputShape(contracts.cards.cardExecuteInput), 'filters.orderId.includeNull')).toBe(
			'filters.orderId.include_null',
		);
	});
});

test('whatever a filter state holds, it comes back from the wire as it was', () => {
	const shape = inputShape(contracts.cards.cardExecuteInput);
	const value = fc.oneof(
		fc.string(),
		fc.array(fc.string()),
		fc.record({ values: fc.array(fc.string()), includeNull: fc.boolean() }),
		fc.record({ start: fc.string(), end: fc.string() }),
	);
	fc.assert(
		fc.property(fc.dictionary(fc.string(), value), (filters) => {
			const problems = {};
			expect(fromWire(shape, toWire(shape, { filters }), problems)).toEqual({ filters: { ...filters } });
			expect(problems).toEqual({});
		}),
	);
});

test('every field of every exported contract is snake_case on the wire', () => {
	for (const module of Object.values(contracts)) {
		for (const schema of Object.values(module)) {
			if (!(schema instanceof z.ZodType)) continue;
			for (const direction of ['input', 'output'] as const)
				expectSnakeCase(inWireNames(jsonSchemaOf(schema, direction)));
		}
	}
});

function expectSnakeCase(schema: unknown): void {
	if (typeof schema !== 'object' || schema === null) return;
	if ('properties' in schema && typeof schema.properties === 'object') {
		for (const name of Object.keys(schema.properties!)) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
	}
	Object.values(schema).forEach(expectSnakeCase);
}
