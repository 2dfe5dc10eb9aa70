// The parameters of code that is being written: what it declares, and the values that are stored for it, which a form or, where
// nothing is declared, a field of JSON shows. Both write the same text. Knows no markup.
import type { Json } from '$lib/contracts/common';
import { checkParams, readParams, type Declaration, type ParamDefinition, type ValueProblem } from '$lib/domain/params';
import { declarationWords, valueWords } from './param-words';

type Values = Record<string, Json>;

/** Milliseconds of rest after which typed code is read. */
const PAUSE_MS = 250;

export class ParamsDraft {
	/** JSON. */
	text = $state('{}');
	declaration = $state.raw<Declaration>({ declared: false, definitions: [], problems: [] });
	/** What was declared when that was last without a problem: the form stays while code is half typed. */
	#sound = $state.raw<ParamDefinition[] | null>(null);
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(code = '', stored: Values = {}) {
		this.take(code, stored);
	}

	/** Begins again with code and values that are stored. */
	take(code: string, stored: Values): void {
		this.text = JSON.stringify(stored, null, 2);
		this.read(code);
	}

	/** Reads code once nobody has typed for a moment. */
	follow(code: string): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.read(code), PAUSE_MS);
	}

	/** Reads code now. */
	read(code: string): void {
		clearTimeout(this.#timer);
		const next = readParams(code);
		// An open bracket further up hides it from the parser for as long as it is open.
		const isHidden = !next.declared && this.declaration.declared && /^PARAMS\b/m.test(code);
		if (isHidden) return;
		this.declaration = next;
		if (next.problems.length === 0) this.#sound = next.definitions;
	}

	get definitions(): ParamDefinition[] {
		const { definitions, problems } = this.declaration;
		return problems.length > 0 ? (this.#sound ?? definitions) : definitions;
	}

	/** The stored values, or null while the text is no JSON object. */
	get #parsed(): Values | null {
		try {
			const value = JSON.parse(this.text.trim() || '{}') as Json;
			return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
		} catch {
			// Half-typed text is no failure: the field says so.
			return null;
		}
	}

	/** What is sent and stored: of names that are declared, or all when none is. Null while the text is no JSON object. */
	get values(): Values | null {
		if (!this.declaration.declared) return this.#parsed;
		const stored = Object.entries(this.#parsed ?? {});
		const names = new Set(this.definitions.map(({ name }) => name));
		return Object.fromEntries(stored.filter(([name]) => names.has(name)));
	}

	/** Of declared parameters; those that the code declares no more keep their values for as long as the page is open. */
	set(values: Values): void {
		const names = new Set(this.definitions.map(({ name }) => name));
		const others = Object.entries(this.#parsed ?? {}).filter(([name]) => !names.has(name));
		this.text = JSON.stringify({ ...Object.fromEntries(others), ...values }, null, 2);
	}

	/** Of values, by name. */
	get problems(): Record<string, ValueProblem> {
		return this.declaration.declared ? checkParams(this.definitions, this.values ?? {}) : {};
	}

	/** Why code cannot be run or saved with these parameters: the first reason, in words. */
	get refusal(): { message: string; line: number | null } | null {
		const [broken] = this.declaration.problems;
		if (broken) return { message: declarationWords(broken), line: broken.line };
		const { problems } = this;
		const wrong = this.definitions.find(({ name }) => problems[name]);
		return wrong ? { message: `${wrong.label}: ${valueWords(problems[wrong.name]!)}`, line: null } : null;
	}

	/** Keys that code finds in `params`. */
	get names(): string[] {
		return this.declaration.declared ? this.definitions.map(({ name }) => name) : Object.keys(this.#parsed ?? {});
	}
}
