// Logging in by the form itself, for a browser without scripts and for whoever is quicker than they are: a form that nothing waits
// for would be sent as an address, the password in it.
import { fail, redirect } from '@sveltejs/kit';
import { createClient } from '$lib/client';
import { SESSION_COOKIE } from '$lib/domain/session-cookie';
import { backPath } from '$lib/state/failures';
import type { Actions } from './$types';
import { refusalOf } from './refusal';

/** Of refusals that are for whoever asked to mend; any other is ours. */
const STATUS: Record<string, number> = { VALIDATION_ERROR: 400, INVALID_CREDENTIALS: 401, RATE_LIMITED: 429 };

export const actions: Actions = {
	default: async ({ request, fetch, cookies, url }) => {
		const sent = await request.formData();
		const [email, password] = [String(sent.get('email') ?? ''), String(sent.get('password') ?? '')];
		try {
			const { accessToken, expiresIn: maxAge } = await createClient({ fetch }).auth.login.mutate({ email, password });
			const secure = url.protocol === 'https:';
			cookies.set(SESSION_COOKIE, accessToken, { path: '/', maxAge, httpOnly: true, sameSite: 'lax', secure });
		} catch (caught) {
			const refusal = refusalOf(caught);
			return fail(STATUS[refusal.code ?? ''] ?? 503, { email, refusal });
		}
		redirect(303, backPath(url.searchParams.get('next'), url.origin));
	},
};
