// The first code of a transform: it runs at once on the inputs that were chosen, and shows how inputs are named. Pure.
import type { Cell, Column } from '../contracts/dataset';
import { rolesOf } from './card-templates/columns';

export interface StarterInput {
	/** Its name in code. */
	alias: string;
	columns: Pick<Column, 'name' | 'type'>[];
	/** A few rows, in the order of the columns. */
	rows: Cell[][];
}

/** Names that mean something else in code. */
const TAKEN = new Set(
	`and as assert async await break class continue def del elif else except finally for from global if import in is lambda
	nonlocal not or pass raise return try while with None True False inputs params transform pd np pl pa duckdb`.split(
		/\s+/,
	),
);

/** Code over the inputs: rows in groups over one, tables put side by side over several, a calendar over none. */
export function starterCode(inputs: readonly StarterInput[]): string {
	const [first, second] = inputs;
	if (!first) return calendar;
	return second ? joined(first, inputs.slice(1)) : grouped(first);
}

const calendar = `# Add datasets under Inputs: each is a DataFrame, inputs["its name"].
def transform(inputs, params):
    days = pd.date_range("2026-01-01", "2026-12-31")
    return pd.DataFrame({"day": days, "weekday": days.day_name(), "week": days.isocalendar().week.to_numpy()})
`;

function grouped(input: StarterInput): string {
	const { category, value } = rolesOf(input.columns, input.rows);
	const table = variable(input.alias, []);
	const lines = category
		? [
				`groups = ${table}.groupby(${literal(category)}, dropna=False)`,
				value
					? `return groups[${literal(value)}].agg(["count", "mean", "max"]).reset_index()`
					: 'return groups.size().reset_index(name="count")',
			]
		: [`return ${table}.drop_duplicates()`];
	return written('What is returned becomes the new version of one dataset.', [
		`${table} = inputs[${literal(input.alias)}]`,
		...lines,
	]);
}

/** Each further input is joined by a column that it shares with the first, or set aside. */
function joined(first: StarterInput, others: readonly StarterInput[]): string {
	const names: string[] = [];
	for (const { alias } of [first, ...others]) names.push(variable(alias, names));
	const [table = '', ...rest] = names;
	const known = new Set(first.columns.map(({ name }) => name));
	const merges = others.flatMap(({ columns }, index) => {
		const shared = columns.find(({ name, type }) =>
			first.columns.some((one) => one.name === name && one.type === type),
		);
		if (!shared) return [];
		const suffix = columns.some(({ name }) => name !== shared.name && known.has(name));
		for (const { name } of columns) known.add(name);
		const suffixes = suffix ? `, suffixes=("", ${literal(`_${rest[index]}`)})` : '';
		const unique = `${rest[index]}.drop_duplicates(${literal(shared.name)})`;
		return [`table = table.merge(${unique}, on=${literal(shared.name)}, how="left"${suffixes})`];
	});
	const reads = [first, ...others].map(({ alias }, index) => `${names[index]} = inputs[${literal(alias)}]`);
	return merges.length > 0
		? written('Tables side by side, by a column that they share.', [
				...reads,
				`table = ${table}`,
				...merges,
				'return table',
			])
		: written('Join or stack the inputs; for now the first is returned.', [...reads, `return ${table}`]);
}

function written(says: string, lines: string[]): string {
	return `# ${says}\ndef transform(inputs, params):\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

/** A name in Python for a dataset's name: `Flights 2001` → `flights_2001`. */
function variable(alias: string, used: readonly string[]): string {
	const plain = alias
		.normalize('NFKC')
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, '_')
		.replace(/^_+|_+$/g, '');
	let name = /^[\p{L}_]/u.test(plain) ? plain : `table_${plain}`.replace(/_$/, '');
	while (TAKEN.has(name) || name === 'table' || used.includes(name)) name += '_';
	return name;
}

/** A Python string literal; JSON's escapes are Python's. */
function literal(text: string): string {
	return JSON.stringify(text);
}
