// Accounts. Everybody may look people up to share with them; this page, which creates them, is the administrators'.
import { error } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages';
import { loadList } from '$lib/state/list-load';
import type { PageLoad } from './$types';

export const load: PageLoad = async (event) => {
	const { me } = await event.parent();
	if (me.role !== 'admin') error(403, { message: m.error_text_403(), requestId: null });
	return loadList(event, (client, input) => client.users.list.query(input));
};
