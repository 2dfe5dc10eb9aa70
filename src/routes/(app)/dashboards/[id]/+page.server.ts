// What a dashboard's page needs but the bodies of its cards: those are written into its frames by the Worker or streamed afterwards.
import { createClient } from '$lib/client';
import { leadAway } from '$lib/state/failures';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ fetch, params, url, untrack }) => {
	// A change of filters moves the address alone: the page then asks for the cards it touches, and for nothing else.
	const address = untrack(() => new URL(url));
	const client = createClient({ fetch });
	const dashboardId = params.id;
	try {
		return { view: await client.dashboards.view.query({ dashboardId, query: address.search }) };
	} catch (caught) {
		leadAway(caught, address);
	}
};
