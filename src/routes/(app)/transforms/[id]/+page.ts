// A transform with everything its editor needs: its inputs, their columns and a few rows.
import { createClient } from '$lib/client';
import { readDatasets } from '$lib/state/attached-datasets';
import { leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, url, untrack }) => {
	const client = createClient({ fetch });
	try {
		const transform = await client.transforms.get.query({ transformId: params.id });
		return { transform, inputs: await readDatasets(client, transform.inputs) };
	} catch (caught) {
		leadAway(
			caught,
			untrack(() => url),
		);
	}
};
