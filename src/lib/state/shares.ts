// The calls about shares, the same for everything that can be shared.
import type { Client } from '$lib/client';
import type { Person } from '$lib/contracts/common';
import type { PersonAccess, ShareChanges, SharedTo, SharePreview, ShareTarget } from '$lib/contracts/share';

/** A thing that can be shared. */
export interface Shareable {
	kind: 'dashboard' | 'dataset';
	id: string;
	name: string;
	owner: Person;
}

interface Shares {
	list(): Promise<SharedTo[]>;
	access(): Promise<PersonAccess[]>;
	preview(target: ShareTarget): Promise<SharePreview>;
	create(target: ShareTarget): Promise<SharedTo>;
	update(shareId: string, changes: ShareChanges): Promise<SharedTo>;
	remove(shareId: string): Promise<void>;
}

export function sharesOf(client: Client, { kind, id }: Pick<Shareable, 'kind' | 'id'>): Shares {
	return kind === 'dashboard' ? ofDashboard(client, id) : ofDataset(client, id);
}

function ofDashboard({ shares }: Client, dashboardId: string): Shares {
	return {
		list: () => shares.list.query({ dashboardId }),
		access: () => shares.access.query({ dashboardId }),
		preview: (target) => shares.preview.query({ dashboardId, ...target }),
		create: (target) => shares.create.mutate({ dashboardId, ...target }),
		update: (shareId, changes) => shares.update.mutate({ dashboardId, shareId, ...changes }),
		remove: (shareId) => shares.remove.mutate({ dashboardId, shareId }),
	};
}

function ofDataset({ datasetShares: shares }: Client, datasetId: string): Shares {
	return {
		list: () => shares.list.query({ datasetId }),
		access: () => shares.access.query({ datasetId }),
		preview: (target) => shares.preview.query({ datasetId, ...target }),
		create: (target) => shares.create.mutate({ datasetId, ...target }),
		update: (shareId, changes) => shares.update.mutate({ datasetId, shareId, ...changes }),
		remove: (shareId) => shares.remove.mutate({ datasetId, shareId }),
	};
}
