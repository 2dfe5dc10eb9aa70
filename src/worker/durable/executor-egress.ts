// What may leave the executor's container, whoever asks inside: reads of the one bucket. Pure.

/**
 * Whether a request reads an object of `bucket`, addressed by path as the Worker presigns them. Another bucket of the same host is
 * somebody else's, to whom code that broke out of its jail might send something.
 */
export function isReadOf(
	{ endpoint, bucket }: { endpoint: string; bucket: string },
	{ method, url }: Pick<Request, 'method' | 'url'>,
): boolean {
	const folder = new URL(`${endpoint.replace(/\/+$/, '')}/${bucket}/`).href;
	const { href } = new URL(url); // resolved: no `..` is left in it
	return method === 'GET' && href.startsWith(folder) && href.length > folder.length;
}
