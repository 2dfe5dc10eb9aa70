// One group and who is in it.
import { createClient } from '$lib/client';
import { leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, url }) => {
	try {
		return { group: await createClient({ fetch }).groups.get.query({ groupId: params.id }) };
	} catch (caught) {
		leadAway(caught, url);
	}
};
