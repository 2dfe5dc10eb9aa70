// Parameters that code declares: `PARAMS = {…}` at its top level, read without running it. For cards and transforms alike, at
// both sides of the wire. Pages that only show a card must not import it: it carries a parser of Python.
import type { Json } from '../../contracts/common';
import { checkParams, type ParamDefinition } from './definition';
import { readParams } from './read';
import { describeDeclaration, describeValue } from './words';

export { checkParams, type ParamDefinition, type ValueProblem } from './definition';
export { readParams, type Declaration, type DeclarationProblem } from './read';

type Params = Readonly<Record<string, Json>>;

/**
 * What code is given as `params`: its defaults, and what is stored in their place. Stored values of names that it does not
 * declare are left out. Code without a declaration that can be read is given what is stored, as it is.
 */
export function mergeParams(code: string, stored: Params): Record<string, Json> {
	const definitions = soundDefinitions(code);
	if (!definitions) return { ...stored };
	return Object.fromEntries(
		definitions.map(({ name, default: value }) => [name, Object.hasOwn(stored, name) ? stored[name]! : value]),
	);
}

/** What is left of stored values when code changes: those of names that it declares, or all when it declares nothing. */
export function keepDeclared(code: string, stored: Params): Record<string, Json> {
	const definitions = soundDefinitions(code);
	if (!definitions) return { ...stored };
	const names = new Set(definitions.map(({ name }) => name));
	return Object.fromEntries(Object.entries(stored).filter(([name]) => names.has(name)));
}

/** Null where nothing is declared, or anything in the declaration is wrong: code that was saved before it was checked still runs. */
function soundDefinitions(code: string): ParamDefinition[] | null {
	const { declared, definitions, problems } = readParams(code);
	return declared && problems.length === 0 ? definitions : null;
}

/** Why code and stored values do not go together, by field: `code` with the line, `params.<name>`. Empty when they do. */
export function paramsProblems(code: string, stored: Params): Record<string, string> {
	const { declared, definitions, problems } = readParams(code);
	if (!declared) return {};
	const [first] = problems;
	if (first) return { code: describeDeclaration(first) };
	return Object.fromEntries(
		Object.entries(checkParams(definitions, stored)).map(([name, problem]) => [
			`params.${name}`,
			describeValue(problem),
		]),
	);
}
