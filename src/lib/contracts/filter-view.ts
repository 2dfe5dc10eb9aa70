// Filter views: named filter states of a dashboard.
import * as z from 'zod';
import { id, isoTime, name, page, pageInput, person } from './common';
import { filterState } from './filter';

/** Bytes of UTF-8 JSON that a stored filter state may take. */
const MAX_STATE_BYTES = 64 * 1024;

export const filterView = z.object({
	filterViewId: id,
	dashboardId: id,
	name: z.string(),
	/** Who made it. */
	owner: person,
	filterState,
	/** Whether everybody who may view the dashboard sees it; the default always is. */
	isShared: z.boolean(),
	/** Whether the dashboard opens with it. */
	isDefault: z.boolean(),
	createdAt: isoTime,
	updatedAt: isoTime,
});
export type FilterView = z.infer<typeof filterView>;

const storedState = filterState.refine(
	(state) => new TextEncoder().encode(JSON.stringify(state)).length <= MAX_STATE_BYTES,
	'at most 64 KB',
);

export const filterViewListInput = pageInput.extend({ dashboardId: id });
export const filterViewPage = page(filterView);
export const filterViewRef = z.object({ dashboardId: id, filterViewId: id });
export const filterViewCreate = z.object({
	dashboardId: id,
	name,
	filterState: storedState,
	isShared: z.boolean().optional(),
	isDefault: z.boolean().optional(),
});
export const filterViewUpdate = filterViewCreate.partial().extend(filterViewRef.shape);
