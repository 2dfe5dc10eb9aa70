// The start page: what changed lately and what others shared.
import { createClient } from '$lib/client';
import { leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

/** Dashboards looked at; both lists are taken from them. */
const LOOKED_AT = 50;

export const load: PageLoad = async ({ fetch, parent, url }) => {
	try {
		const dashboards = await createClient({ fetch }).dashboards.list.query({ limit: LOOKED_AT });
		const { me } = await parent();
		return { dashboards: dashboards.items, shared: dashboards.items.filter((one) => one.owner.userId !== me.userId) };
	} catch (caught) {
		leadAway(caught, url);
	}
};
