// What the calls in a Python program are given, read from its syntax tree without running it. Knows no function that is called.
import { parser } from '@lezer/python';
import { readLiteral, type Literal } from './literal';

/** The values of a keyword argument in all calls of a plain name, in the order of the code; calls without it have none. */
export function keywordArguments(code: string, { callee, keyword }: { callee: string; keyword: string }): Literal[] {
	const values: Literal[] = [];
	parser.parse(code).iterate({
		enter({ name: kind, node: call }) {
			if (kind !== 'CallExpression') return;
			const called = call.firstChild;
			if (called?.name !== 'VariableName' || code.slice(called.from, called.to) !== callee) return;
			const names = call.getChild('ArgList')?.getChildren('VariableName') ?? [];
			const name = names.find(
				(one) => code.slice(one.from, one.to) === keyword && one.nextSibling?.name === 'AssignOp',
			);
			const value = name?.nextSibling?.nextSibling;
			if (value) values.push(readLiteral(value, code));
		},
	});
	return values;
}
