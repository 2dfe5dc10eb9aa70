// A dataset, what uses it, what makes it, and its first rows.
import { createClient, type Client } from '$lib/client';
import type { Usage } from '$lib/contracts/dataset';
import { codeOf, leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, url, depends, untrack }) => {
	depends('app:dataset');
	const client = createClient({ fetch });
	const ref = { datasetId: params.id };
	try {
		const [dataset, usedBy] = await Promise.all([client.datasets.get.query(ref), client.datasets.usedBy.query(ref)]);
		const makerId = dataset.sourceType === 'transform' ? await findMaker(client, params.id, usedBy) : null;
		const preview = dataset.versionId === null ? null : await client.datasets.preview.query(ref);
		return { dataset, usedBy, makerId, preview };
	} catch (caught) {
		leadAway(
			caught,
			untrack(() => url),
		);
	}
};

/** Which of the transforms that hold on to a dataset makes it. One that the reader may not see is none to them. */
async function findMaker(client: Client, datasetId: string, usedBy: Usage[]): Promise<string | null> {
	const transforms = usedBy.flatMap(({ kind, id: transformId }) =>
		kind !== 'transform'
			? []
			: client.transforms.get.query({ transformId }).catch((caught: unknown) => {
					if (codeOf(caught) !== 'NOT_FOUND') throw caught;
					return null;
				}),
	);
	return (await Promise.all(transforms)).find((one) => one?.outputDatasetId === datasetId)?.transformId ?? null;
}
