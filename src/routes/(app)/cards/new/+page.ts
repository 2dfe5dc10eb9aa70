// A new card, over the dataset that the address names, if it names one.
import { createClient } from '$lib/client';
import { readDataset } from '$lib/state/attached-datasets';
import { leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url }) => {
	const datasetId = url.searchParams.get('dataset');
	try {
		const datasets = datasetId ? [await readDataset(createClient({ fetch }), datasetId)] : [];
		return { card: null, datasets };
	} catch (caught) {
		leadAway(caught, url);
	}
};
