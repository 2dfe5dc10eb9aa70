// Problems of parameters in the API's English. Knows neither code nor forms.
import type { ValueProblem } from './definition';
import type { DeclarationProblem } from './read';

const VALUE: Record<ValueProblem['kind'], (about: string) => string> = {
	not_text: () => 'must be text',
	not_number: () => 'must be a number',
	not_date: () => 'must be a date, such as 2024-01-31',
	not_option: () => 'must be one of its options',
	too_small: (about) => `must be ${about} at least`,
	too_large: (about) => `must be ${about} at most`,
	off_step: (about) => `must be a multiple of ${about}, counted from its minimum`,
	undeclared: () => 'is not declared in PARAMS',
};

const DECLARATION: Record<Exclude<DeclarationProblem['kind'], 'default'>, (about: string) => string> = {
	unreadable: (about) =>
		`cannot be read without running the code: write "${about}" out as a text, number, list or dict`,
	not_dict: () => 'must be a dict, such as {"top": {"type": "number", "default": 10}}',
	bad_name: (about) => `has the name "${about}": names are letters, digits and _, and begin with a letter`,
	twice: (about) => `has "${about}" twice`,
	unknown_type: () => 'needs a type: text, number, select or date',
	unknown_key: (about) => `has "${about}", which its type does not know`,
	key_not_text: (about) => `has a ${about} that is no text`,
	key_not_number: (about) => `has a ${about} that is no number`,
	key_not_date: (about) => `has a ${about} that is no date, such as 2024-01-31`,
	bad_options: () => 'needs options: a list of texts, numbers or [value, label] pairs',
	bad_step: () => 'has a step that is not above 0',
	min_over_max: () => 'has a min above its max',
};

export function describeValue({ kind, about }: ValueProblem): string {
	return VALUE[kind](about);
}

/** With the line: `line 3: "top" has a min above its max`. */
export function describeDeclaration({ line, param, kind, about, value }: DeclarationProblem): string {
	const what =
		kind === 'default'
			? `has a default that ${value ? describeValue(value) : 'does not fit'}`
			: DECLARATION[kind](about);
	return `line ${line}: ${param === null ? 'PARAMS' : `"${param}"`} ${what}`;
}
