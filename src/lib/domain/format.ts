// Numbers, days and times in a language, through Intl. Pure: the language comes in; instants are shown in the zone of the machine.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Numbers of data outside of these are written with an exponent. */
const SMALLEST_READ = 1e-6;
const LARGEST_READ = 1e15;
const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export type Formatter = ReturnType<typeof formatter>;

/** What a page needs to show values to people who read `locale` (BCP 47). Make one a language: Intl objects are dear. */
export function formatter(locale: string) {
	const plain = new Intl.NumberFormat(locale);
	const reading = new Intl.NumberFormat(locale, {
		maximumFractionDigits: 6,
		maximumSignificantDigits: 6,
		roundingPriority: 'morePrecision',
		useGrouping: 'min2',
		signDisplay: 'negative',
	});
	const listing = new Intl.ListFormat(locale, { type: 'conjunction' });
	const extreme = new Intl.NumberFormat(locale, { notation: 'scientific', maximumSignificantDigits: 6 });
	const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'narrow' });
	const instant = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
	const dayOf = (zone: string | undefined, withYear: boolean) =>
		new Intl.DateTimeFormat(locale, {
			day: 'numeric',
			month: 'short',
			timeZone: zone,
			...(withYear && { year: 'numeric' }),
		});
	const local = { short: dayOf(undefined, false), long: dayOf(undefined, true) };
	const calendar = { short: dayOf('UTC', false), long: dayOf('UTC', true) };
	const quantity = (value: number, unit: string, digits: number, unitDisplay: 'long' | 'short' | 'narrow') =>
		new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay, maximumFractionDigits: digits }).format(value);
	const midnight = (day: string) => Date.parse(`${day}T00:00:00Z`);

	return {
		/** `346,770` */
		number: (value: number) => plain.format(value),

		/**
		 * A number out of somebody's data: `1,234,567.5`, `0.3` for 0.30000000000000004, `1.5E21`. Six decimals, or six digits where
		 * that is more; four digits stay together, as they often are a year.
		 */
		value(value: number | bigint): string {
			const size = Math.abs(Number(value));
			const isExtreme = typeof value === 'number' && size !== 0 && (size < SMALLEST_READ || size >= LARGEST_READ);
			return (isExtreme ? extreme : reading).format(value);
		},

		/** `211 bytes`, `4.8 MB`: bytes in the unit that keeps them short, thousands of bytes to a kilobyte. */
		bytes(bytes: number): string {
			const step = bytes < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
			if (step === 0) return quantity(bytes, 'byte', 0, 'long');
			return quantity(bytes / 1000 ** step, BYTE_UNITS[step] ?? 'byte', 1, 'short');
		},

		/** `1.4s`, `320ms`. */
		duration: (ms: number) =>
			ms >= 1000 ? quantity(ms / 1000, 'second', 1, 'narrow') : quantity(ms, 'millisecond', 0, 'narrow'),

		/** `3 min ago`, `yesterday`; older than two days a date, with its year once that is another. */
		time(iso: string, now: number = Date.now()): string {
			const then = Date.parse(iso);
			const age = now - then;
			if (age < MINUTE) return relative.format(0, 'second');
			if (age < HOUR) return relative.format(-Math.floor(age / MINUTE), 'minute');
			if (age < DAY) return relative.format(-Math.floor(age / HOUR), 'hour');
			if (age < 2 * DAY) return relative.format(-1, 'day');
			const sameYear = new Date(then).getFullYear() === new Date(now).getFullYear();
			return (sameYear ? local.short : local.long).format(then);
		},

		/** The whole instant, date and time to the minute: what a tooltip says. */
		instant: (iso: string) => instant.format(Date.parse(iso)),

		/** An instant with its day of the week as clocks of `zone` show it: `Sun, 22 Nov 2026, 06:00`. */
		moment: (iso: string, zone: string) =>
			new Intl.DateTimeFormat(locale, {
				weekday: 'short',
				day: 'numeric',
				month: 'short',
				year: 'numeric',
				hour: '2-digit',
				minute: '2-digit',
				timeZone: zone,
			}).format(Date.parse(iso)),

		/** The day on which an instant is, `31 Dec 2026`. */
		date: (iso: string) => local.long.format(Date.parse(iso)),

		/** `a, b and c`. */
		list: (parts: readonly string[]) => listing.format(parts),

		/** `2026-10-23` as `23 Oct 2026`. Calendar days: no zone moves them. */
		day: (day: string) => calendar.long.format(midnight(day)),

		/** `23 Oct – 21 Nov`; with years where the ends are not both in the year of `today`. */
		days(start: string, end: string, today: string): string {
			const year = today.slice(0, 4);
			const thisYear = start.startsWith(year) && end.startsWith(year);
			return (thisYear ? calendar.short : calendar.long).formatRange(midnight(start), midnight(end));
		},
	};
}
