// @ts-check
// The product's REST API for scripts and benches: one call, its `data` back. Knows no entity.

/** @typedef {(method: string, path: string, body?: unknown) => Promise<any>} Api */

/**
 * @param {string} url of the app
 * @param {string} [token] of a log-in
 * @returns {Api} body: a form, or what becomes JSON; throws with method, path, status and the API's sentence
 */
export function restClient(url, token) {
	return async (method, path, body) => {
		const isForm = body instanceof FormData;
		const response = await fetch(`${url}/api${path}`, {
			method,
			headers: {
				...(token && { authorization: `Bearer ${token}` }),
				...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
			},
			body: body === undefined ? undefined : isForm ? body : JSON.stringify(body),
		});
		const answer = response.status === 204 ? {} : await response.json();
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.error?.message ?? ''}`);
		return answer.data;
	};
}

/**
 * @param {string} url @param {{ email: string, password: string }} account
 * @returns {Promise<{ api: Api, token: string, userId: string }>}
 */
export async function logIn(url, { email, password }) {
	const { access_token: token, user } = await restClient(url)('POST', '/auth/login', { email, password });
	return { api: restClient(url, token), token, userId: user.user_id };
}
