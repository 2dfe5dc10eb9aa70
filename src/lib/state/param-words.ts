// Problems of parameters as their form says them, in the reader's language.
import type { DeclarationProblem, ValueProblem } from '$lib/domain/params';
import { m } from '$lib/paraglide/messages';

const values: Record<ValueProblem['kind'], (about: string) => string> = {
	not_text: () => m.editor_param_not_text(),
	not_number: () => m.editor_param_not_number(),
	not_date: () => m.editor_param_not_date(),
	not_option: () => m.editor_param_not_option(),
	too_small: (about) => m.editor_param_too_small({ least: about }),
	too_large: (about) => m.editor_param_too_large({ most: about }),
	off_step: (about) => m.editor_param_off_step({ step: about }),
	undeclared: () => m.editor_param_undeclared(),
};

const declarations: Record<Exclude<DeclarationProblem['kind'], 'default'>, (about: string) => string> = {
	unreadable: (about) => m.editor_param_unreadable({ text: about }),
	not_dict: () => m.editor_param_not_dict(),
	bad_name: (about) => m.editor_param_bad_name({ name: about }),
	twice: (about) => m.editor_param_twice({ name: about }),
	unknown_type: () => m.editor_param_unknown_type(),
	unknown_key: (about) => m.editor_param_unknown_key({ key: about }),
	key_not_text: (about) => m.editor_param_key_not_text({ key: about }),
	key_not_number: (about) => m.editor_param_key_not_number({ key: about }),
	key_not_date: (about) => m.editor_param_key_not_date({ key: about }),
	bad_options: () => m.editor_param_bad_options(),
	bad_step: () => m.editor_param_bad_step(),
	min_over_max: () => m.editor_param_min_over_max(),
};

/** Beside a field: what it takes. */
export function valueWords({ kind, about }: ValueProblem): string {
	return values[kind](about);
}

/** With the parameter that it is about; the line is told beside it. */
export function declarationWords({ param, kind, about, value }: DeclarationProblem): string {
	const words =
		kind === 'default'
			? m.editor_param_default({ problem: value ? valueWords(value) : '' })
			: declarations[kind](about);
	return `${param ?? 'PARAMS'}: ${words}`;
}
