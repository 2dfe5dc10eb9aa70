// Days of the calendar: today in a zone, and the days a relative range stands for. Knows no filter and no clock of its own.
import type { RelativeRange } from '../contracts/filter';

/** Both ends inclusive, `YYYY-MM-DD`; null leaves that side open. */
export interface DayRange {
	start: string | null;
	end: string | null;
}

/** The day it is in an IANA zone at an instant. */
export function dayInZone(instant: Date, zone: string): string {
	// Zones differ from UTC by whole quarters of an hour, so a day begins with one.
	const quarter = Math.floor(instant.getTime() / QUARTER_MS);
	const known = days.get(zone);
	if (known?.quarter === quarter) return known.day;
	const calendar = new Intl.DateTimeFormat('en-CA', {
		timeZone: zone,
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
	});
	const parts = calendar.formatToParts(instant);
	const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
	const day = `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
	days.set(zone, { quarter, day });
	return day;
}

const QUARTER_MS = 15 * 60_000;
/** One a zone, and zones are few: asking a calendar costs a warm view more than all its other dates. */
const days = new Map<string, { quarter: number; day: string }>();

const DAY_MS = 86_400_000;

function toIso(year: number, month: number, day: number): string {
	const date = new Date(0);
	date.setUTCFullYear(year, month, day);
	return date.toISOString().slice(0, 10);
}

function parts(day: string): { year: number; month: number; day: number } {
	const date = new Date(`${day}T00:00:00Z`);
	return { year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate() };
}

export function addDays(day: string, days: number): string {
	return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The same day of another month; a day that month lacks becomes its last one. */
function addMonths(day: string, months: number): string {
	const at = parts(day);
	const lastDay = parts(toIso(at.year, at.month + months + 1, 0)).day;
	return toIso(at.year, at.month + months, Math.min(at.day, lastDay));
}

/** Whole months: `length` of them from the first of the month `offset` months from that of `day`. */
function months(day: string, offset: number, length: number): DayRange {
	const { year, month } = parts(day);
	return { start: toIso(year, month + offset, 1), end: toIso(year, month + offset + length, 0) };
}

const RESOLVERS: Record<RelativeRange, (today: string) => DayRange> = {
	today: (today) => ({ start: today, end: today }),
	yesterday: (today) => ({ start: addDays(today, -1), end: addDays(today, -1) }),
	'last-7d': (today) => ({ start: addDays(today, -6), end: today }),
	'last-30d': (today) => ({ start: addDays(today, -29), end: today }),
	'last-90d': (today) => ({ start: addDays(today, -89), end: today }),
	'last-12m': (today) => ({ start: addDays(addMonths(today, -12), 1), end: today }),
	'this-month': (today) => months(today, 0, 1),
	'last-month': (today) => months(today, -1, 1),
	'this-quarter': (today) => months(today, -(parts(today).month % 3), 3),
	'this-year': (today) => months(today, -parts(today).month, 12),
	'last-year': (today) => months(today, -parts(today).month - 12, 12),
};

/** Every relative range, in the order a menu shows them. */
export const RELATIVE_RANGES = Object.keys(RESOLVERS) as RelativeRange[];

export function isRelativeRange(text: string): text is RelativeRange {
	return Object.hasOwn(RESOLVERS, text);
}

/** The days a relative range stands for on a given day; ranges of days and of twelve months end on it. */
export function resolveRelative(range: RelativeRange, today: string): DayRange {
	return RESOLVERS[range](today);
}
