// The six column types as people meet them: their order in menus, their icon, which are numbers.
import type { Component } from 'svelte';
import type { LucideProps } from '@lucide/svelte';
import Calendar from '@lucide/svelte/icons/calendar';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import Hash from '@lucide/svelte/icons/hash';
import ToggleLeft from '@lucide/svelte/icons/toggle-left';
import Type from '@lucide/svelte/icons/type';
import type { ColumnType } from '$lib/contracts/dataset';

export const COLUMN_TYPES: ColumnType[] = ['string', 'int64', 'float64', 'bool', 'date', 'datetime'];

export const typeIcon: Record<ColumnType, Component<LucideProps>> = {
	string: Type,
	int64: Hash,
	float64: Hash,
	bool: ToggleLeft,
	date: Calendar,
	datetime: CalendarClock,
};

/** Numbers stand at the right of their column. */
export function isNumber(type: ColumnType): boolean {
	return type === 'int64' || type === 'float64';
}
