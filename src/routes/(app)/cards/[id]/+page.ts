// A card with everything its editor needs: its datasets, their columns and a few rows.
import { createClient } from '$lib/client';
import { readDatasets } from '$lib/state/attached-datasets';
import { leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, url, untrack }) => {
	const client = createClient({ fetch });
	try {
		const card = await client.cards.get.query({ cardId: params.id });
		return { card, datasets: await readDatasets(client, card.datasets) };
	} catch (caught) {
		leadAway(
			caught,
			untrack(() => url),
		);
	}
};
