// Makes definitions of parameters from the literal `PARAMS = {…}` of a program, and says what in it is wrong. Pure.
import { assignedTo, type Literal } from '../python/literal';
import {
	checkValue,
	isDay,
	PARAM_TYPES,
	type ParamDefinition,
	type ParamOption,
	type ParamType,
	type ValueProblem,
} from './definition';

/** What is wrong with a declaration. */
export interface DeclarationProblem {
	/** From 1, in the code. */
	line: number;
	/** Null: `PARAMS` itself. */
	param: string | null;
	kind:
		| 'unreadable'
		| 'not_dict'
		| 'bad_name'
		| 'twice'
		| 'unknown_type'
		| 'unknown_key'
		| 'key_not_text'
		| 'key_not_number'
		| 'key_not_date'
		| 'bad_options'
		| 'bad_step'
		| 'min_over_max'
		| 'default';
	/** The text, name or key that it is about. */
	about: string;
	/** Kind `default` only: why it does not fit. */
	value?: ValueProblem;
}
export interface Declaration {
	/** False: the code has no `PARAMS` at its top level, and takes any. */
	declared: boolean;
	/** In the order of the code, without those that have a problem. */
	definitions: ParamDefinition[];
	problems: DeclarationProblem[];
}

type Kind = DeclarationProblem['kind'];
type Entries = ReadonlyMap<string, Literal>;
type Report = (kind: Kind, at: Literal, about?: string, value?: ValueProblem) => void;

/** Begins with a letter, so that none is special to Python or JavaScript. */
const NAME = /^\p{L}[\p{L}\p{N}_]{0,63}$/u;
const COMMON_KEYS = ['type', 'label', 'help', 'default'];
const OWN_KEYS: Record<ParamType, readonly string[]> = {
	text: [],
	number: ['min', 'max', 'step'],
	date: ['min', 'max'],
	select: ['options'],
};

/** Reads the declaration of a program from its syntax tree; the program is not run, and may be broken elsewhere. */
export function readParams(code: string): Declaration {
	// Most code declares nothing, and need not be parsed to tell.
	const [literal, again] = code.includes('PARAMS') ? assignedTo('PARAMS', code) : [];
	const problems: DeclarationProblem[] = [];
	const reportOf =
		(param: string | null): Report =>
		(kind, { from }, about = '', value) =>
			void problems.push({ line: lineOf(code, from), param, kind, about, ...(value && { value }) });
	if (!literal) return { declared: false, definitions: [], problems };

	const report = reportOf(null);
	if (again) report('twice', again, 'PARAMS');
	const definitions: ParamDefinition[] = [];
	for (const [name, spec] of entriesOf(literal, report) ?? []) {
		const before = problems.length;
		if (!NAME.test(name)) report('bad_name', spec, name);
		const definition = readDefinition(name, spec, reportOf(name));
		if (definition && problems.length === before) definitions.push(definition);
	}
	return { declared: true, definitions, problems };
}

/** The entries of a dict by their names; null when it is none that can be read. */
function entriesOf(literal: Literal, report: Report): Entries | null {
	if (literal.kind !== 'dict') {
		if (literal.kind === 'unreadable') report('unreadable', literal, literal.text);
		else report('not_dict', literal);
		return null;
	}
	const entries = new Map<string, Literal>();
	for (const { key, value } of literal.entries) {
		if (key.kind !== 'text') report('unreadable', key, key.kind === 'unreadable' ? key.text : '');
		else if (entries.has(key.value)) report('twice', key, key.value);
		else entries.set(key.value, value);
	}
	return entries;
}

function readDefinition(name: string, spec: Literal, report: Report): ParamDefinition | null {
	const entries = entriesOf(spec, report);
	if (!entries) return null;
	const type = entries.get('type');
	const known = PARAM_TYPES.find((one) => type?.kind === 'text' && type.value === one);
	if (!known) return (report('unknown_type', type ?? spec, type?.kind === 'text' ? type.value : ''), null);
	for (const [key, at] of entries) {
		if (![...COMMON_KEYS, ...OWN_KEYS[known]].includes(key)) report('unknown_key', at, key);
	}
	const described = {
		name,
		label: textAt(entries, 'label', report) || name,
		help: textAt(entries, 'help', report) || null,
	};
	const definition: ParamDefinition = { ...described, ...limitsOf(known, entries, spec, report) };
	return withDefault(definition, entries.get('default'), report);
}

/** The type with what bounds its values, and its own choice of a default. */
function limitsOf(type: ParamType, entries: Entries, spec: Literal, report: Report) {
	switch (type) {
		case 'text':
			return { type, default: '' };
		case 'number': {
			const [min, max] = [numberAt(entries, 'min', report), numberAt(entries, 'max', report)];
			if (min !== null && max !== null && min > max) report('min_over_max', spec);
			const step = numberAt(entries, 'step', report);
			if (step !== null && step <= 0) report('bad_step', entries.get('step')!);
			return { type, default: null, min, max, step };
		}
		case 'date': {
			const [min, max] = [dayAt(entries, 'min', report), dayAt(entries, 'max', report)];
			if (min !== null && max !== null && min > max) report('min_over_max', spec);
			return { type, default: null, min, max };
		}
		case 'select': {
			const options = optionsOf(entries.get('options'), spec, report);
			return { type, default: options[0]?.value ?? '', options };
		}
	}
}

/** Takes the default that the code names; `None` and none at all leave the type's own. */
function withDefault(definition: ParamDefinition, literal: Literal | undefined, report: Report): ParamDefinition {
	if (!literal || literal.kind === 'none') return definition;
	if (literal.kind === 'unreadable') return (report('unreadable', literal, literal.text), definition);
	const value = 'value' in literal ? literal.value : [];
	// Options that could not be read fit nothing, which is no fault of the default.
	if (definition.type === 'select' && definition.options.length === 0) return definition;
	const problem = checkValue(definition, value);
	if (problem) report('default', literal, '', problem);
	return { ...definition, default: value } as ParamDefinition;
}

function textAt(entries: Entries, key: string, report: Report): string | null {
	return at(entries, key, report, 'key_not_text', (literal) => (literal.kind === 'text' ? literal.value : null));
}

function numberAt(entries: Entries, key: string, report: Report): number | null {
	return at(entries, key, report, 'key_not_number', (literal) => (literal.kind === 'number' ? literal.value : null));
}

function dayAt(entries: Entries, key: string, report: Report): string | null {
	return at(entries, key, report, 'key_not_date', (literal) =>
		literal.kind === 'text' && isDay(literal.value) ? literal.value : null,
	);
}

/** A key that may be left out or `None`. */
function at<T>(entries: Entries, key: string, report: Report, kind: Kind, read: (one: Literal) => T | null): T | null {
	const literal = entries.get(key);
	if (!literal || literal.kind === 'none') return null;
	const value = read(literal);
	if (value !== null) return value;
	if (literal.kind === 'unreadable') report('unreadable', literal, literal.text);
	else report(kind, literal, key);
	return null;
}

/** Empty when they cannot be read. */
function optionsOf(literal: Literal | undefined, spec: Literal, report: Report): ParamOption[] {
	if (literal?.kind === 'unreadable') return (report('unreadable', literal, literal.text), []);
	const options = literal?.kind === 'list' ? literal.items.map(optionOf) : [];
	const read = options.filter((option) => option !== null);
	if (read.length === 0 || read.length < options.length) return (report('bad_options', literal ?? spec), []);
	const values = read.map(({ value }) => value);
	const twice = values.find((value, index) => values.indexOf(value) !== index);
	if (twice !== undefined) report('twice', literal!, String(twice));
	return read;
}

/** A text, a number, or a pair of it and its label. */
function optionOf(literal: Literal): ParamOption | null {
	if (literal.kind === 'text' || literal.kind === 'number')
		return { value: literal.value, label: String(literal.value) };
	if (literal.kind !== 'list' || literal.items.length !== 2) return null;
	const [value, label] = literal.items.map(optionOf);
	return value && label && literal.items[1]!.kind === 'text' ? { value: value.value, label: label.label } : null;
}

function lineOf(code: string, from: number): number {
	return code.slice(0, from).split('\n').length;
}
