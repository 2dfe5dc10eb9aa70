// DynamoDB expressions as tagged templates: attributes and values are told apart by type and become placeholders.
//   when`attribute_not_exists(${at('shareId')}) OR ${at('expiresAt')} < ${now}`

type Token = { text: string } | { attribute: string } | { value: unknown };
/** A condition, key condition, filter or update. */
export type Expression = readonly Token[];

class Attribute {
	constructor(readonly name: string) {}
}

/** Names an attribute inside `when`; anything else there is a value. */
export function at(name: string): Attribute {
	return new Attribute(name);
}

/** An expression of plain text, attributes and values. */
export function when(texts: TemplateStringsArray, ...parts: unknown[]): Expression {
	return texts.flatMap((text, position): Token[] => {
		const tokens: Token[] = [{ text }];
		if (position < parts.length) {
			const part = parts[position];
			tokens.push(part instanceof Attribute ? { attribute: part.name } : { value: part });
		}
		return tokens;
	});
}

/** All of these hold. */
export function and(...expressions: Expression[]): Expression {
	return expressions.flatMap((expression, position): Token[] => [
		{ text: position === 0 ? '(' : ' AND (' },
		...expression,
		{ text: ')' },
	]);
}

/** There is no item under this key. */
export function absent(keyAttribute: string): Expression {
	return when`attribute_not_exists(${at(keyAttribute)})`;
}

/** There is an item under this key. */
export function present(keyAttribute: string): Expression {
	return when`attribute_exists(${at(keyAttribute)})`;
}

/**
 * An update that sets these attributes; one that is `undefined` is removed.
 * @param add counts up (or down) from 0, or puts texts into a set
 * @param drop takes texts out of a set
 */
export function change(
	fields: Record<string, unknown>,
	add: Record<string, number | Set<string>> = {},
	drop: Record<string, Set<string>> = {},
): Expression {
	const entries = Object.entries(fields);
	const sets = entries.filter(([, value]) => value !== undefined);
	const removes = entries.filter(([, value]) => value === undefined);
	return [
		...clause('SET', sets, ([name, value]) => [{ attribute: name }, { text: ' = ' }, { value }]),
		...clause('REMOVE', removes, ([name]) => [{ attribute: name }]),
		...clause('ADD', Object.entries(add), ([name, value]) => [{ attribute: name }, { text: ' ' }, { value }]),
		...clause('DELETE', Object.entries(drop), ([name, value]) => [{ attribute: name }, { text: ' ' }, { value }]),
	];
}

function clause<T>(verb: string, entries: T[], tokens: (entry: T) => Token[]): Token[] {
	return entries.flatMap((entry, position) => [{ text: position === 0 ? ` ${verb} ` : ', ' }, ...tokens(entry)]);
}

/** Collects the placeholders of all expressions of one request. */
export class Placeholders {
	readonly #names = new Map<string, string>();
	readonly #values: unknown[] = [];

	/** The expression with placeholders in place of attributes and values. */
	render(expression: Expression): string {
		return expression
			.map((token) => {
				if ('text' in token) return token.text;
				return 'attribute' in token ? this.name(token.attribute) : `:v${this.#values.push(token.value) - 1}`;
			})
			.join('')
			.trim();
	}

	/** The placeholder of an attribute. */
	name(attribute: string): string {
		const known = this.#names.get(attribute);
		if (known) return known;
		const placeholder = `#n${this.#names.size}`;
		this.#names.set(attribute, placeholder);
		return placeholder;
	}

	/** The fields that go beside the expressions; `marshall` turns a map of plain values into DynamoDB's. */
	fields(marshall: (values: Record<string, unknown>) => unknown) {
		const names = Object.fromEntries([...this.#names].map(([attribute, placeholder]) => [placeholder, attribute]));
		const values = Object.fromEntries(this.#values.map((value, position) => [`:v${position}`, value]));
		return {
			...(this.#names.size > 0 && { ExpressionAttributeNames: names }),
			...(this.#values.length > 0 && { ExpressionAttributeValues: marshall(values) }),
		};
	}
}
