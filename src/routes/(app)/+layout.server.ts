// Who is at the screen. Kept on the server, so that a viewer's page does without the client until somebody acts.
import { createClient } from '$lib/client';
import { splitOfCookies } from '$lib/domain/editor-split';
import { leadAway } from '$lib/state/failures';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ fetch, cookies, request, url, depends, untrack }) => {
	depends('app:self');
	const folded = cookies.get('sidebar') === 'folded';
	const split = splitOfCookies(request.headers.get('cookie'));
	try {
		return { me: await createClient({ fetch }).auth.self.query(), folded, split };
	} catch (caught) {
		leadAway(
			caught,
			untrack(() => url),
		);
	}
};
