// Who is at the screen. Kept on the server, so that a viewer's page does without the client until somebody acts.
import { createClient } from '$lib/client';
import { leadAway } from '$lib/state/failures';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ fetch, cookies, url, depends, untrack }) => {
	depends('app:self');
	const folded = cookies.get('sidebar') === 'folded';
	try {
		return { me: await createClient({ fetch }).auth.self.query(), folded };
	} catch (caught) {
		leadAway(
			caught,
			untrack(() => url),
		);
	}
};
