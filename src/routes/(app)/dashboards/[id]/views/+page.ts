// Who opened a dashboard in the last days, for its owners.
import { createClient } from '$lib/client';
import { listInput } from '$lib/domain/list-input';
import { leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, url }) => {
	const client = createClient({ fetch });
	const { limit, offset } = listInput(url);
	try {
		const [dashboard, list] = await Promise.all([
			client.dashboards.get.query({ dashboardId: params.id }),
			client.views.list.query({ dashboardId: params.id, limit, offset }),
		]);
		return { dashboard, list };
	} catch (caught) {
		leadAway(caught, url);
	}
};
