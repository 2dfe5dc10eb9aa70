// Groups: every one for administrators, one's own for everybody else.
import { createClient } from '$lib/client';
import { listInput } from '$lib/domain/list-input';
import { leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url }) => {
	const input = listInput(url);
	try {
		return { query: input.q ?? '', list: await createClient({ fetch }).groups.list.query(input) };
	} catch (caught) {
		leadAway(caught, url);
	}
};
