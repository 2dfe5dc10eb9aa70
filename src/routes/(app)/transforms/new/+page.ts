// A new transform, over the dataset that the address names, if it names one.
import { createClient } from '$lib/client';
import { readDataset } from '$lib/state/attached-datasets';
import { leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url }) => {
	const datasetId = url.searchParams.get('dataset');
	try {
		return { inputs: datasetId ? [await readDataset(createClient({ fetch }), datasetId)] : [] };
	} catch (caught) {
		leadAway(caught, url);
	}
};
