// What an API key may do, as few choices: how much, and of what. Keys that programs made may permit anything else.
import type { KeyPermission } from '$lib/contracts/api-key';
import { m } from '$lib/paraglide/messages';

export type Level = 'read' | 'write' | 'admin';
export type Reach = 'all' | 'dashboards' | 'cards' | 'datasets' | 'transforms';

/** The groups of procedures that belong to a choice. */
const KINDS = {
	dashboards: ['dashboards', 'filterViews', 'shares', 'views'],
	cards: ['cards'],
	datasets: ['datasets', 'datasetShares', 'rowPolicies', 'uploads', 'jobs'],
	transforms: ['transforms'],
} as const satisfies Record<Exclude<Reach, 'all'>, readonly string[]>;

/** `admin` is of everything. */
export function permissionsOf(level: Level, reach: Reach): KeyPermission[] {
	if (level === 'admin') return ['read', 'write', 'admin'];
	const rights = level === 'read' ? (['read'] as const) : (['read', 'write'] as const);
	if (reach === 'all') return [...rights];
	return KINDS[reach].flatMap((kind) => rights.map((right) => `${kind}:${right}` as const));
}

export function levelOptions(isAdmin: boolean): { value: Level; label: string }[] {
	return [
		{ value: 'read', label: m.key_level_read() },
		{ value: 'write', label: m.key_level_write() },
		...(isAdmin ? [{ value: 'admin' as const, label: m.key_level_admin() }] : []),
	];
}

export function reachOptions(): { value: Reach; label: string }[] {
	return [
		{ value: 'all', label: m.key_reach_all() },
		{ value: 'dashboards', label: m.nav_dashboards() },
		{ value: 'cards', label: m.nav_cards() },
		{ value: 'datasets', label: m.nav_datasets() },
		{ value: 'transforms', label: m.nav_transforms() },
	];
}

/** The same in words; what is none of the choices as it is written. */
export function wordsOf(permissions: readonly KeyPermission[]): string {
	const wanted = [...permissions].sort().join(' ');
	for (const { value: level, label } of levelOptions(true)) {
		for (const { value: reach, label: of } of reachOptions()) {
			if (permissionsOf(level, reach).sort().join(' ') !== wanted) continue;
			return reach === 'all' ? label : m.key_level_of({ level: label, reach: of });
		}
	}
	return permissions.join(', ');
}
