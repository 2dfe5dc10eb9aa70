// What a parameter of card or transform code is, and which values fit it. Pure; knows no code and no words for people.
import type { Json } from '../../contracts/common';

export const PARAM_TYPES = ['text', 'number', 'select', 'date'] as const;
export type ParamType = (typeof PARAM_TYPES)[number];

export interface ParamOption {
	value: string | number;
	label: string;
}

interface Described {
	name: string;
	label: string;
	help: string | null;
}
/** `default` is what code is given while nothing else is stored; null: nothing is set, and code is given `None`. */
export type ParamDefinition = Described &
	(
		| { type: 'text'; default: string }
		| { type: 'number'; default: number | null; min: number | null; max: number | null; step: number | null }
		/** Days, `YYYY-MM-DD`. */
		| { type: 'date'; default: string | null; min: string | null; max: string | null }
		| { type: 'select'; default: string | number; options: ParamOption[] }
	);

/** Why a value does not fit. `about`: the bound or step that it misses, else empty. */
export interface ValueProblem {
	kind: 'not_text' | 'not_number' | 'not_date' | 'not_option' | 'too_small' | 'too_large' | 'off_step' | 'undeclared';
	about: string;
}

/** Rounding of binary fractions that a step forgives, in steps. */
const STEP_TOLERANCE = 1e-6;

/** Problems by parameter; values of names that are not declared are problems too. What is not stored is its default, and fits. */
export function checkParams(
	definitions: readonly ParamDefinition[],
	values: Readonly<Record<string, Json>>,
): Record<string, ValueProblem> {
	const byName = new Map(definitions.map((definition) => [definition.name, definition]));
	const problems = Object.entries(values).flatMap(([name, value]): [string, ValueProblem][] => {
		const definition = byName.get(name);
		const problem = definition ? checkValue(definition, value) : says('undeclared');
		return problem ? [[name, problem]] : [];
	});
	return Object.fromEntries(problems);
}

/** Why a value does not fit, or null when it does. */
export function checkValue(definition: ParamDefinition, value: Json): ValueProblem | null {
	switch (definition.type) {
		case 'text':
			return typeof value === 'string' ? null : says('not_text');
		case 'number':
			if (value === null && definition.default === null) return null;
			return typeof value === 'number' && Number.isFinite(value)
				? (outside(definition, value) ?? offStep(definition, value))
				: says('not_number');
		case 'date':
			if (value === null && definition.default === null) return null;
			return typeof value === 'string' && isDay(value) ? outside(definition, value) : says('not_date');
		case 'select':
			return definition.options.some((option) => option.value === value) ? null : says('not_option');
	}
}

/** A day of the calendar as `YYYY-MM-DD`, from year 1 to 9999, as Python's `date` has them. */
export function isDay(text: string): boolean {
	if (!/^\d{4}-\d\d-\d\d$/.test(text) || text < '0001') return false;
	const time = Date.parse(`${text}T00:00:00Z`);
	return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function says(kind: ValueProblem['kind'], about: string | number = ''): ValueProblem {
	return { kind, about: String(about) };
}

/** Days in ISO form compare as texts. */
function outside<T extends number | string>(
	{ min, max }: { min: T | null; max: T | null },
	value: T,
): ValueProblem | null {
	if (min !== null && value < min) return says('too_small', min);
	return max !== null && value > max ? says('too_large', max) : null;
}

/** Steps are counted from the minimum, as a browser's number field counts them. */
function offStep({ min, step }: { min: number | null; step: number | null }, value: number): ValueProblem | null {
	if (step === null) return null;
	const steps = (value - (min ?? 0)) / step;
	return Math.abs(steps - Math.round(steps)) > STEP_TOLERANCE ? says('off_step', step) : null;
}
