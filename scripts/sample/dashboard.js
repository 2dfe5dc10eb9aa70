// @ts-check
// The sample dashboard and transform as data: which cards, where they lie, which filters. Split at the same columns in every row.

/** @typedef {{ key: string, name: string, dataset: 'flights' | 'weather' | 'movies', params?: Record<string, unknown>, at: [x: number, y: number, w: number, h: number] }} SampleCard */

/** @type {SampleCard[]} */
export const CARDS = [
	{ key: 'key-figures', name: 'Key figures', dataset: 'flights', params: { late_after_min: 15 }, at: [0, 0, 12, 1] },
	{ key: 'flights-per-day', name: 'Flights per day', dataset: 'flights', at: [0, 1, 5, 3] },
	{ key: 'delay-by-hour', name: 'Delay by weekday and hour, min', dataset: 'flights', at: [5, 1, 4, 3] },
	{ key: 'share-by-distance', name: 'Share of flights, %', dataset: 'flights', at: [9, 1, 3, 3] },
	{ key: 'busiest-routes', name: 'Busiest routes', dataset: 'flights', params: { rows: 10 }, at: [0, 4, 5, 4] },
	{ key: 'busiest-origins', name: 'Departures by airport', dataset: 'flights', at: [5, 4, 4, 4] },
	{ key: 'films-by-genre', name: 'Films: taken per dollar', dataset: 'movies', at: [9, 4, 3, 4] },
	{ key: 'seattle-weather', name: 'Weather in Seattle, days a month', dataset: 'weather', at: [0, 8, 12, 3] },
];

/** Every first of the month, as data of a month come after it. */
export const TRANSFORM = /** @type {const} */ ({
	key: 'delays-by-month',
	name: 'Delays by month',
	dataset: 'flights',
	schedule: '0 6 1 * *',
});

export const FILTERS = [
	{ id: 'date', type: 'date_range', column: 'departure', label: 'Date' },
	{ id: 'state', type: 'category', column: 'origin_state', label: 'From', multi_select: true },
	{ id: 'distance', type: 'category', column: 'distance_band', label: 'Distance', multi_select: false },
];

export const DASHBOARD = {
	name: 'Flight operations',
	description: 'Domestic flights in the United States, January to June 2001, with a look at the weather and at films.',
};
