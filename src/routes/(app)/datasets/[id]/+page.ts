// A dataset, what uses it, what makes it, and its first rows.
import { createClient } from '$lib/client';
import { leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, url, depends, untrack }) => {
	depends('app:dataset');
	const client = createClient({ fetch });
	const ref = { datasetId: params.id };
	try {
		const [dataset, usedBy] = await Promise.all([client.datasets.get.query(ref), client.datasets.usedBy.query(ref)]);
		const preview = dataset.versionId === null ? null : await client.datasets.preview.query(ref);
		return { dataset, usedBy, preview };
	} catch (caught) {
		leadAway(
			caught,
			untrack(() => url),
		);
	}
};
