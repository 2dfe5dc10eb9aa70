import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ParamsDraft } from '$lib/state/params-draft.svelte';

const TOP = 'PARAMS = {"top": {"type": "number", "label": "Bars", "default": 10, "max": 50}}';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('parameters of code that is being written', () => {
	test('are any JSON object while the code declares none', () => {
		const draft = new ParamsDraft('', { a: [1] });
		expect(draft.values).toEqual({ a: [1] });
		expect(draft.names).toEqual(['a']);
		for (const text of ['{', '[1]', '3', 'null']) {
			draft.text = text;
			expect(draft.values, text).toBeNull();
		}
		draft.text = ' ';
		expect(draft.values).toEqual({});
	});

	test('are read once nobody has typed for a moment', () => {
		const draft = new ParamsDraft();
		for (const code of ['P', 'PARAMS', TOP]) {
			draft.follow(code);
			vi.advanceTimersByTime(100);
		}
		expect(draft.declaration.declared).toBe(false);
		vi.advanceTimersByTime(200);
		expect(draft.definitions.map(({ name }) => name)).toEqual(['top']);
	});

	test('keep values that are declared no more, unsent, for when they are declared again', () => {
		const draft = new ParamsDraft(TOP, { top: 3 });
		draft.read(TOP.replace('"top"', '"most"'));
		expect(draft.values).toEqual({});
		draft.set({ most: 4 });
		expect(draft.values).toEqual({ most: 4 });
		draft.read(TOP);
		expect(draft.values).toEqual({ top: 3 });
		draft.set({});
		draft.read('');
		expect(draft.values).toEqual({ most: 4 });
	});

	test('keep their form while the code is half typed', () => {
		const draft = new ParamsDraft(TOP, { top: 3 });
		draft.read(TOP.replace('"number"', '"num"'));
		expect(draft.definitions).toHaveLength(1);
		expect(draft.refusal).toEqual({ message: 'top: The type must be text, number, select or date.', line: 1 });
		draft.read(`x = [\n${TOP}`);
		expect(draft.definitions).toHaveLength(1);
		draft.read('x = 1');
		expect(draft.declaration.declared).toBe(false);
	});

	test('are refused for the first value that does not fit', () => {
		const draft = new ParamsDraft(TOP, { top: 51 });
		expect(draft.refusal).toEqual({ message: 'Bars: At most 50.', line: null });
		expect(draft.problems).toEqual({ top: { kind: 'too_large', about: '50' } });
		draft.set({ top: 50 });
		expect(draft.refusal).toBeNull();
	});
});
