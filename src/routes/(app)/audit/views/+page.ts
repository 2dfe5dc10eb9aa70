// Who opened which dashboard, for administrators. The days stand in the address.
import { error } from '@sveltejs/kit';
import { createClient } from '$lib/client';
import { listInput } from '$lib/domain/list-input';
import { m } from '$lib/paraglide/messages';
import { leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url, parent }) => {
	const { me } = await parent();
	if (me.role !== 'admin') error(403, { message: m.error_text_403(), requestId: null });
	const { limit, offset } = listInput(url);
	try {
		return { list: await createClient({ fetch }).views.listAll.query({ limit, offset }) };
	} catch (caught) {
		leadAway(caught, url);
	}
};
