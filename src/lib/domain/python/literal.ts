// Reads literal values out of a Python syntax tree, without running anything. Knows Python, and not what the values are for.
import { parser } from '@lezer/python';
import { readString } from './string';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

/** A value with the place in the code, counted from 0, where it begins. `unreadable`: anything but a literal. */
export type Literal = { from: number } & (
	| { kind: 'text'; value: string }
	| { kind: 'number'; value: number }
	| { kind: 'bool'; value: boolean }
	| { kind: 'none' }
	| { kind: 'list'; items: Literal[] }
	| { kind: 'dict'; entries: { key: Literal; value: Literal }[] }
	| { kind: 'unreadable'; text: string }
);

/** Levels that a literal is read into; deeper ones are unreadable. */
const MAX_DEPTH = 20;
/** Characters quoted of what cannot be read. */
const MAX_QUOTED = 40;
const PUNCTUATION = /^([[\](){},:]|Comment)$/;

/** What is assigned to a name at the top level of a module, in order; not inside `if`, `for`, functions or classes. */
export function assignedTo(name: string, code: string): Literal[] {
	const { topNode } = parser.parse(code);
	// Statements on one line, with semicolons between them, are a group.
	const statements = [topNode, ...topNode.getChildren('StatementGroup')]
		.flatMap((group) => group.getChildren('AssignStatement'))
		.toSorted((one, other) => one.from - other.from);
	return statements.flatMap((statement) => {
		const targets = statement.getChildren('VariableName').filter(isTarget);
		const isNamed = targets.some(({ from, to }) => code.slice(from, to) === name);
		return isNamed && statement.lastChild ? [readLiteral(statement.lastChild, code)] : [];
	});
}

/** `x` in `x = 1`, in `x: dict = 1` and in `y = x = 1`, but not in `y = x`. */
function isTarget(variable: SyntaxNode): boolean {
	const next = variable.nextSibling;
	return next?.name === 'AssignOp' || (next?.name === 'TypeDef' && next.nextSibling?.name === 'AssignOp');
}

/** The value that an expression of a program is. */
export function readLiteral(node: SyntaxNode, code: string, depth = 0): Literal {
	const { from } = node;
	const parts = readParts(node);
	const read = (one: SyntaxNode) => readLiteral(one, code, depth + 1);
	const source = code.slice(from, node.to);
	const unreadable: Literal = { from, kind: 'unreadable', text: source.slice(0, MAX_QUOTED) };
	// The parser takes `1.` for the beginning of `1.name`.
	const number = node.name === 'Number' || node.name === 'MemberExpression' ? readNumber(source) : null;
	if (number !== null) return { from, kind: 'number', value: number };
	if (depth > MAX_DEPTH || parts === null) return unreadable;
	switch (node.name) {
		case 'None':
			return { from, kind: 'none' };
		case 'Boolean':
			return { from, kind: 'bool', value: source === 'True' };
		case 'String':
		case 'ContinuedString': {
			const texts = (node.name === 'String' ? [node] : parts).map((one) =>
				one.name === 'String' ? readString(code.slice(one.from, one.to)) : null,
			);
			return texts.includes(null) ? unreadable : { from, kind: 'text', value: texts.join('') };
		}
		case 'ArrayExpression':
		case 'TupleExpression':
			return { from, kind: 'list', items: parts.map(read) };
		case 'ParenthesizedExpression':
			return parts.length === 1 ? read(parts[0]!) : unreadable;
		case 'UnaryExpression':
			return signed(parts, code, read) ?? unreadable;
		case 'DictionaryExpression':
			// `**other` takes its entries from elsewhere.
			if (parts.some(({ name }) => name === '**')) return unreadable;
			return { from, kind: 'dict', entries: readEntries(parts.map(read)) };
		default:
			return unreadable;
	}
}

/** The children that mean something; null when there is a syntax error among them. */
function readParts(node: SyntaxNode): SyntaxNode[] | null {
	const parts: SyntaxNode[] = [];
	for (let child = node.firstChild; child; child = child.nextSibling) {
		if (child.type.isError) return null;
		if (!PUNCTUATION.test(child.name)) parts.push(child);
	}
	return parts;
}

function signed(
	[sign, operand]: readonly SyntaxNode[],
	code: string,
	read: (node: SyntaxNode) => Literal,
): Literal | null {
	const number = operand && read(operand);
	if (!sign || number?.kind !== 'number') return null;
	const mark = code.slice(sign.from, sign.to);
	return mark === '-' || mark === '+'
		? { ...number, from: sign.from, value: mark === '-' ? -number.value : number.value }
		: null;
}

/** Keys and values stand in turn. */
function readEntries(parts: readonly Literal[]): { key: Literal; value: Literal }[] {
	return parts.flatMap((key, at) => (at % 2 === 0 ? [{ key, value: parts[at + 1] ?? key }] : []));
}

const DIGITS = String.raw`\d(?:_?\d)*`;
const NUMBER = new RegExp(
	[
		String.raw`0x(?:_?[\da-f])+`,
		String.raw`0o(?:_?[0-7])+`,
		String.raw`0b(?:_?[01])+`,
		String.raw`(?:0(?:_?0)*|[1-9](?:_?\d)*)`,
		String.raw`(?:(?:${DIGITS})?\.${DIGITS}|${DIGITS}\.)(?:e[+-]?${DIGITS})?`,
		String.raw`${DIGITS}e[+-]?${DIGITS}`,
	]
		.map((form) => `^${form}$`)
		.join('|'),
	'i',
);

/** Null for what is no number of JSON: complex ones, integers that a double cannot hold, and infinity. */
function readNumber(source: string): number | null {
	if (!NUMBER.test(source)) return null;
	const value = Number(source.replaceAll('_', '').toLowerCase());
	const isWhole = !/[.e]/i.test(source) || /^0x/i.test(source);
	return Number.isFinite(value) && (!isWhole || Number.isSafeInteger(value)) ? value : null;
}
