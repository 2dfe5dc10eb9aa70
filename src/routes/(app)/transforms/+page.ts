// One's transforms, and their schedules in words.
import { loadList } from '$lib/state/list-load';
import { scheduleInWords } from '$lib/state/schedule-words';
import type { PageLoad } from './$types';

export const load: PageLoad = async (event) => {
	event.depends('app:transforms');
	const { query, list } = await loadList(event, (client, input) => client.transforms.list.query(input));
	const words = await Promise.all(list.items.map(({ schedule }) => schedule && scheduleInWords(schedule)));
	return { query, list, words };
};
