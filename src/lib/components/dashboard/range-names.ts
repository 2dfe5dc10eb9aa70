// What relative ranges are called.
import type { RelativeRange } from '$lib/contracts/filter';
import { m } from '$lib/paraglide/messages';

export const rangeNames: Record<RelativeRange, () => string> = {
	today: m.dash_range_today,
	yesterday: m.dash_range_yesterday,
	'last-7d': m.dash_range_last_7d,
	'last-30d': m.dash_range_last_30d,
	'last-90d': m.dash_range_last_90d,
	'last-12m': m.dash_range_last_12m,
	'this-month': m.dash_range_this_month,
	'last-month': m.dash_range_last_month,
	'this-quarter': m.dash_range_this_quarter,
	'this-year': m.dash_range_this_year,
	'last-year': m.dash_range_last_year,
};
