// Templates of cards: ready code over a dataset's own columns. The code lives in the `.py` files beside this one: Python with
// `"{{role}}"` where a column goes, and lines that stay only `# with` or `# without` a column of a role. Pure.
import type { Cell, Column } from '../../contracts/dataset';
import bar from './bar.py?raw';
import { rolesOf, type Roles } from './columns';
import line from './line.py?raw';
import number from './number.py?raw';
import pie from './pie.py?raw';
import pivot from './pivot.py?raw';
import table from './table.py?raw';

export type TemplateId = 'number' | 'bar' | 'line' | 'pie' | 'table' | 'pivot';
type Role = keyof Roles;

const templates: { id: TemplateId; source: string; needs: Role[] }[] = [
	{ id: 'number', source: number, needs: [] },
	{ id: 'bar', source: bar, needs: ['category'] },
	{ id: 'line', source: line, needs: ['date'] },
	{ id: 'pie', source: pie, needs: ['category'] },
	{ id: 'table', source: table, needs: [] },
	{ id: 'pivot', source: pivot, needs: ['category', 'second'] },
];

export interface Template {
	id: TemplateId;
	/** Null when the data lacks a column that it needs. */
	code: string | null;
	/** The first column that is missing. */
	missing: Role | null;
}

/** Every template over the given columns; `rows` are a sample of the data in their order and may be empty. */
export function templatesFor(columns: Pick<Column, 'name' | 'type'>[], rows: Cell[][]): Template[] {
	const roles = rolesOf(columns, rows);
	return templates.map(({ id, source, needs }) => {
		const missing = needs.find((role) => roles[role] === null) ?? null;
		return { id, missing, code: missing === null ? fill(source, roles) : null };
	});
}

function fill(source: string, roles: Roles): string {
	const lines = source.split('\n').flatMap((line) => keep(line, roles) ?? []);
	return lines
		.join('\n')
		.replace(/"\{\{(\w+)\}\}"/g, (_, role: Role) => [roles[role]].flat().map(literal).join(', '))
		.replace(/\{\{(\w+)\}\}/g, (_, role: Role) => literal(String(roles[role])).slice(1, -1));
}

/** A line without its mark, or null when it is for data of another kind. */
function keep(line: string, roles: Roles): string | null {
	const mark = /\s+(?:# |\()(with|without) (\w+)\)?$/.exec(line);
	if (!mark) return line;
	const has = roles[mark[2] as Role] !== null;
	return has === (mark[1] === 'with') ? line.slice(0, mark.index) : null;
}

/** A Python string literal; JSON's escapes are Python's. */
function literal(text: string | null): string {
	return JSON.stringify(text);
}
