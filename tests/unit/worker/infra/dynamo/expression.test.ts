import { describe, expect, test } from 'vitest';
import {
	absent,
	and,
	at,
	change,
	Placeholders,
	when,
	type Expression,
} from '../../../../../src/worker/infra/dynamo/expression';

/** The text of expressions of one request, and what their placeholders stand for. */
function render(...expressions: Expression[]) {
	const placeholders = new Placeholders();
	const texts = expressions.map((expression) => placeholders.render(expression));
	return { texts, ...placeholders.fields((values) => values) };
}

describe('an expression', () => {
	test('has a placeholder for every attribute and value, whatever they are called', () => {
		expect(render(when`attribute_not_exists(${at('at#id')}) OR ${at('name')} < ${'x" OR 1'}`)).toEqual({
			texts: ['attribute_not_exists(#n0) OR #n1 < :v0'],
			ExpressionAttributeNames: { '#n0': 'at#id', '#n1': 'name' },
			ExpressionAttributeValues: { ':v0': 'x" OR 1' },
		});
	});

	test('shares placeholders of attributes with the others of its request', () => {
		const { texts, ExpressionAttributeNames } = render(change({ status: 'b' }), when`${at('status')} = ${'a'}`);
		expect(texts).toEqual(['SET #n0 = :v0', '#n0 = :v1']);
		expect(ExpressionAttributeNames).toEqual({ '#n0': 'status' });
	});

	test('of a change sets, removes and counts', () => {
		expect(render(change({ a: 1, gone: undefined, b: null }, { revision: 1 })).texts).toEqual([
			'SET #n0 = :v0, #n1 = :v1 REMOVE #n2 ADD #n3 :v2',
		]);
	});

	test('joins several so that an OR inside one stays inside', () => {
		const either = when`${at('a')} = ${1} OR ${at('a')} = ${2}`;
		expect(render(and(absent('id'), either)).texts).toEqual([
			'(attribute_not_exists(#n0)) AND (#n1 = :v0 OR #n1 = :v1)',
		]);
	});
});
