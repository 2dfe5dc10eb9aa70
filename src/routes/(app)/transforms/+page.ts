// One's transforms, and their schedules in words.
import { createClient } from '$lib/client';
import { listInput } from '$lib/domain/list-input';
import { leadAway } from '$lib/state/failures';
import { scheduleInWords } from '$lib/state/schedule-words';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url, depends }) => {
	depends('app:transforms');
	const input = listInput(url);
	try {
		const list = await createClient({ fetch }).transforms.list.query(input);
		const words = await Promise.all(list.items.map(({ schedule }) => schedule && scheduleInWords(schedule)));
		return { query: input.q ?? '', list, words };
	} catch (caught) {
		leadAway(caught, url);
	}
};
