// Which functions a Python program defines, read from its syntax tree without running it. Knows no card and no transform.
import { parser } from '@lezer/python';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

/** Whether a program defines a function of this name when it is run. One that is broken is read as far as it goes. */
export function definesFunction(code: string, name: string): boolean {
	let found = false;
	parser.parse(code).iterate({
		enter({ name: kind, node }) {
			if (kind === 'FunctionDefinition' && isModuleLevel(node) && nameOf(node, code) === name) found = true;
		},
	});
	return found;
}

/** A definition that code at the top runs: not inside a class or another function. */
function isModuleLevel(node: SyntaxNode): boolean {
	for (let parent = node.parent; parent; parent = parent.parent) {
		if (parent.name === 'ClassDefinition' || parent.name === 'FunctionDefinition') return false;
	}
	return true;
}

function nameOf(definition: SyntaxNode, code: string): string | null {
	const name = definition.getChild('VariableName');
	return name && definition.getChild('ParamList') ? code.slice(name.from, name.to) : null;
}
