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
	const address = new URL(url); // resolved: no `..` is left in it
	address.search = ''; // with one, the bucket itself answers a list
	return method === 'GET' && address.href.startsWith(folder) && address.href.length > folder.length;
}
