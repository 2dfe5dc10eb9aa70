// A table whose figures a test can work out by itself.

export interface Order {
	id: number;
	region: string;
	day: string;
	amount: number;
}

const REGIONS = ['North', 'South', 'East'];

/** 600 orders over the first 60 days of 2024. */
export const orders: Order[] = Array.from({ length: 600 }, (_, id) => ({
	id,
	region: REGIONS[id % REGIONS.length]!,
	day: new Date(Date.UTC(2024, 0, 1 + (id % 60))).toISOString().slice(0, 10),
	amount: (id * 37) % 101,
}));

export const ordersCsv = [
	'id,region,day,amount',
	...orders.map((one) => [one.id, one.region, one.day, one.amount].join(',')),
].join('\n');

/** Of a dashboard of orders. */
export const orderFilters = [
	{ id: 'region', type: 'category', column: 'region', label: 'Region', multi_select: true },
	{ id: 'day', type: 'date_range', column: 'day', label: 'Order day' },
];

export const sumOf = (some: Order[]) => some.reduce((sum, { amount }) => sum + amount, 0);
