// One's transforms, with the names of what they read and make, and their schedules in words.
import { createClient } from '$lib/client';
import { listInput } from '$lib/domain/list-input';
import { leadAway } from '$lib/state/failures';
import { scheduleInWords } from '$lib/state/schedule-words';
import type { PageLoad } from './$types';

/** Datasets whose names are looked up; those beyond are counted. */
const NAMED = 100;

export const load: PageLoad = async ({ fetch, url, depends }) => {
	depends('app:transforms');
	const input = listInput(url);
	const client = createClient({ fetch });
	try {
		const [list, datasets] = await Promise.all([
			client.transforms.list.query(input),
			client.datasets.list.query({ limit: NAMED }),
		]);
		const words = await Promise.all(list.items.map(({ schedule }) => schedule && scheduleInWords(schedule)));
		const names = Object.fromEntries(datasets.items.map(({ datasetId, name }) => [datasetId, name]));
		return { query: input.q ?? '', list, words, names };
	} catch (caught) {
		leadAway(caught, url);
	}
};
