// Which file imports which, read from the sources by TypeScript's parser.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

export const root = resolve(import.meta.dirname, '../..');

export interface Import {
	from: string;
	/** A path in the project, or the name of a package. */
	to: string;
	/** Erased by the compiler: `import type` and types in quotation marks. */
	typeOnly: boolean;
	/** What is imported by name. */
	names: string[];
}

/** All TypeScript, JavaScript and Svelte files below a folder, but generated ones. */
export function sourceFiles(folder: string): string[] {
	return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile() && /\.(ts|js|svelte)$/.test(entry.name))
		.map((entry) => relative(root, join(entry.parentPath, entry.name)))
		.filter((path) => !path.startsWith('src/lib/paraglide/'))
		.sort();
}

export function importsOf(path: string): Import[] {
	const text = readFileSync(join(root, path), 'utf8');
	const code = path.endsWith('.svelte') ? scriptsOf(text) : text;
	const found: Import[] = [];
	const add = (specifier: ts.Expression | undefined, typeOnly: boolean, names: string[] = []) => {
		if (specifier && ts.isStringLiteral(specifier))
			found.push({ from: path, to: target(path, specifier.text), typeOnly, names });
	};
	const visit = (node: ts.Node) => {
		if (ts.isImportDeclaration(node)) {
			const clause = node.importClause;
			const bindings = clause?.namedBindings;
			const elements = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
			const allTypes = elements.length > 0 && !clause?.name && elements.every((element) => element.isTypeOnly);
			add(
				node.moduleSpecifier,
				clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || allTypes,
				elements.map((element) => element.name.text),
			);
		} else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
		else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
			add(node.arguments[0], false);
		else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
			add(node.argument.literal as ts.Expression, true);
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS));
	return found;
}

function scriptsOf(svelte: string): string {
	return [...svelte.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]).join('\n');
}

function target(from: string, specifier: string): string {
	if (specifier.startsWith('$lib')) return existing(specifier.replace('$lib', 'src/lib'));
	if (specifier.startsWith('.')) return existing(relative(root, resolve(root, dirname(from), specifier)));
	return specifier;
}

/** Completes a path as the bundler does. */
function existing(path: string): string {
	const candidates = [path, `${path}.ts`, `${path}.js`, `${path}/index.ts`, path.replace(/\.js$/, '.ts')];
	return candidates.find((candidate) => statSync(join(root, candidate), { throwIfNoEntry: false })?.isFile()) ?? path;
}
