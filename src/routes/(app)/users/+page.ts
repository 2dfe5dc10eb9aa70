// Accounts. Everybody may look people up to share with them; this page, which creates them, is the administrators'.
import { error } from '@sveltejs/kit';
import { createClient } from '$lib/client';
import { listInput } from '$lib/domain/list-input';
import { m } from '$lib/paraglide/messages';
import { leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url, parent }) => {
	const { me } = await parent();
	if (me.role !== 'admin') error(403, { message: m.error_text_403(), requestId: null });
	const input = listInput(url);
	try {
		return { query: input.q ?? '', list: await createClient({ fetch }).users.list.query(input) };
	} catch (caught) {
		leadAway(caught, url);
	}
};
