// How a list page loads: the part of the list that its address asks for, in one call.
import { createClient, type Client } from '$lib/client';
import { listInput, type ListInput } from '$lib/domain/list-input';
import { leadAway } from './failures';

/** @returns what is searched for (empty: nothing) and what `ask` was answered; a refusal leads away */
export async function loadList<List>(
	{ fetch, url }: { fetch: typeof globalThis.fetch; url: URL },
	ask: (client: Client, input: ListInput) => Promise<List>,
): Promise<{ query: string; list: List }> {
	const input = listInput(url);
	try {
		return { query: input.q ?? '', list: await ask(createClient({ fetch }), input) };
	} catch (caught) {
		leadAway(caught, url);
	}
}
