// One's own account: who one is, where one is logged in, and one's API keys.
import { createClient } from '$lib/client';
import { leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url }) => {
	const client = createClient({ fetch });
	try {
		const [account, sessions, keys] = await Promise.all([
			client.auth.me.query(),
			client.auth.sessions.query(),
			client.apiKeys.list.query({ limit: 100 }),
		]);
		return { account, sessions, keys };
	} catch (caught) {
		leadAway(caught, url);
	}
};
