// Dashboards: cards on a grid, with filters, shared with people.
import * as z from 'zod';
import { description, id, isoDay, isoTime, name, page, pageInput, person, revision } from './common';
import { cardType } from './card';
import { filterDefinition, filterState } from './filter';
import { permission } from './share';

export const GRID_COLUMNS = 12;
/** Pixels of one grid row. */
export const ROW_HEIGHT = 100;
export const MAX_CARDS = 60;

const cellPosition = z.int().min(0).max(9999);
const cellSize = z.int().min(1).max(9999);
export const layoutCard = z.object({ cardId: id, x: cellPosition, y: cellPosition, w: cellSize, h: cellSize });
export type LayoutCard = z.infer<typeof layoutCard>;
export const layout = z.object({
	cards: z.array(layoutCard).max(MAX_CARDS, 'at most 60 cards'),
	columns: z.literal(GRID_COLUMNS).default(GRID_COLUMNS),
	rowHeight: z.int().default(ROW_HEIGHT),
});
export const filterDefinitions = z
	.array(filterDefinition)
	.max(30, 'at most 30 filters')
	.refine((list) => new Set(list.map((f) => f.id)).size === list.length, 'ids must be unique');

export const dashboard = z.object({
	dashboardId: id,
	name: z.string(),
	cardCount: z.int(),
	owner: person,
	myPermission: permission,
	createdAt: isoTime,
	updatedAt: isoTime,
});
export type Dashboard = z.infer<typeof dashboard>;

export const dashboardDetail = dashboard.omit({ cardCount: true }).extend({
	layout,
	filters: z.array(filterDefinition),
	defaultFilterViewId: z.string().nullable(),
	description: z.string().nullable(),
	revision,
});
export type DashboardDetail = z.infer<typeof dashboardDetail>;

export const dashboardListInput = pageInput;
export const dashboardPage = page(dashboard);
export const dashboardRef = z.object({ dashboardId: id });
export const dashboardCreate = z.object({
	name,
	description: description.nullable().optional(),
	layout: layout.optional(),
	filters: filterDefinitions.optional(),
});
export const dashboardUpdate = dashboardCreate.partial().extend({ dashboardId: id, revision: revision.optional() });
export const dashboardClone = z.object({ dashboardId: id, name: name.optional() });
export const referencedDatasets = z.array(z.object({ datasetId: id, name: z.string() }));

export const viewInput = z.object({
	dashboardId: id,
	filters: filterState.default({}),
	/** The query string of a page, read by the dashboard's own filters; it stands in for `filters`. */
	query: z.string().max(100_000).optional(),
});

/** What a filter offers: choices of a category, the span of the data of a date range. */
export const filterOptions = z.object({
	values: z.array(z.object({ value: z.string(), count: z.int() })),
	nullCount: z.int(),
	truncated: z.boolean(),
});
/** One card of a page, without its body. `key` names the exact content that belongs in its frame. */
export const viewCard = layoutCard.extend({
	name: z.string(),
	cardType,
	key: z.string(),
	/** Labels of active filters that do not apply to this card. */
	ignores: z.array(z.string()),
	/** When its data were last imported; null without data. */
	dataTime: isoTime.nullable(),
	/** True when the body was in the cache when the page was made. */
	cached: z.boolean(),
	/** The card's owner no longer sees the dashboard it came from, or it is gone. */
	unavailable: z.boolean(),
	mayEdit: z.boolean(),
});
export type ViewCard = z.infer<typeof viewCard>;

/** A filter view, as far as an open dashboard knows it. */
const namedState = z.object({ filterViewId: id, name: z.string(), filterState });
export type NamedState = z.infer<typeof namedState>;

/** Everything a dashboard page needs but the bodies. */
export const dashboardView = dashboardDetail.extend({
	cards: z.array(viewCard),
	options: z.record(z.string(), filterOptions),
	/** Resolved dates of active date filters, by filter id. */
	resolved: z.record(z.string(), z.object({ start: isoDay.nullable(), end: isoDay.nullable() })),
	filterState,
	/** Filter views that the page has a name for: the default, and the one that its address was chosen from. */
	knownViews: z.array(namedState),
	zone: z.string(),
	today: isoDay,
});
export type DashboardView = z.infer<typeof dashboardView>;
