import { expect, test } from 'vitest';
import { importsOf, sourceFiles, type Import } from './imports';
import { zoneOf, zones } from './zones';

const files = sourceFiles('src');
const imports = files.flatMap(importsOf);
const inside = imports.filter(({ to }) => to.startsWith('src/'));

test('every source file is in a zone', () => {
	expect(files.filter((file) => !zoneOf(file))).toEqual([]);
});

test('the table names only zones that exist', () => {
	const names = new Set(zones.map((zone) => zone.name));
	const named = zones.flatMap(({ may = [], types = [] }) => [...may, ...types]);
	expect(named.filter((name) => !names.has(name))).toEqual([]);
});

test('nothing imports what its zone may not', () => {
	expect(
		inside
			.filter((one) => !isAllowed(one))
			.map(({ from, to, typeOnly }) => `${from} imports ${typeOnly ? 'a type of ' : ''}${to}`),
	).toEqual([]);
});

test('pure code and contracts import only the packages they are meant to', () => {
	const outside = imports.filter(
		({ to, typeOnly }) => !typeOnly && !to.startsWith('src/') && !to.startsWith('.svelte-kit/'),
	);
	expect(
		outside
			.filter(({ from, to }) => !(zoneOf(from)?.packages ?? /./).test(to))
			.map(({ from, to }) => `${from} imports ${to}`),
	).toEqual([]);
});

test('procedures call only the service of their own entity', () => {
	const foreign = inside.filter(({ from, to }) => {
		const [own, other] = [entityOf(from), entityOf(to)];
		return from.endsWith('/procedures.ts') && other !== null && own !== other;
	});
	expect(foreign).toEqual([]);
});

test('nothing imports itself, however far around', () => {
	const graph = new Map<string, string[]>();
	for (const { from, to } of inside.filter(({ typeOnly }) => !typeOnly))
		graph.set(from, [...(graph.get(from) ?? []), to]);
	expect(findCycle(graph)).toBeNull();
});

function isAllowed({ from, to, typeOnly }: Import): boolean {
	if (!/\.(ts|js|svelte)$/.test(to)) return true;
	const [zone, other] = [zoneOf(from), zoneOf(to)];
	if (!zone || !other) return to.startsWith('src/lib/paraglide/');
	return (
		zone === other || zone.may?.includes(other.name) === true || (typeOnly && zone.types?.includes(other.name) === true)
	);
}

function entityOf(path: string): string | null {
	return path.match(/^src\/worker\/entities\/(\w+)\//)?.[1] ?? null;
}

/** The files of one cycle, or null. */
function findCycle(graph: Map<string, string[]>): string[] | null {
	const done = new Set<string>();
	const walk = (file: string, path: string[]): string[] | null => {
		if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
		if (done.has(file)) return null;
		for (const next of graph.get(file) ?? []) {
			const cycle = walk(next, [...path, file]);
			if (cycle) return cycle;
		}
		done.add(file);
		return null;
	};
	for (const file of graph.keys()) {
		const cycle = walk(file, []);
		if (cycle) return cycle;
	}
	return null;
}
