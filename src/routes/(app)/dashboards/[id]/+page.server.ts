// What a dashboard's page needs but the bodies of its cards: those are written into its frames by the Worker or streamed afterwards.
import { createClient } from '$lib/client';
import { readState } from '$lib/domain/url-state';
import { leadAway } from '$lib/state/failures';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ fetch, params, url, untrack }) => {
	// A change of filters moves the address alone: the page then asks for the cards it touches, and for nothing else.
	const address = untrack(() => new URL(url));
	const client = createClient({ fetch });
	const dashboardId = params.id;
	try {
		const { filters } = await client.dashboards.get.query({ dashboardId });
		const view = await client.dashboards.view.query({ dashboardId, filters: readState(address.searchParams, filters) });
		return { view };
	} catch (caught) {
		leadAway(caught, address);
	}
};
