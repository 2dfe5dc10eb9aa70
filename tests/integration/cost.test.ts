// What every procedure costs in calls to DynamoDB, once, in one table: a procedure that is not in it fails here.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createClient, type Client } from '$lib/client';
import { appRouter } from '../../src/worker/router';
import { startApiWorker, type ApiWorker } from './api-worker';
import { CALLS } from './cost-table';
import { callsOf, importCsv, newDashboard, salesCsv, sumCard } from './data';
import { admin, newPerson, PASSWORD, type Person } from './people';

const services = inject('services');
let worker: ApiWorker;
let ada: Person;
let eve: Person;
let client: Client;
let bosses: Client;
let eves: Client;
let last: ReturnType<typeof callsOf>;
const ids = {
	dataset: '',
	card: '',
	spare: '',
	transform: '',
	execution: '',
	dashboard: '',
	share: '',
	view: '',
	upload: '',
	job: '',
	group: '',
	session: '',
	link: '',
	key: '',
};

const SLEEPS = `import time
def transform(inputs, params):
    time.sleep(params.get("seconds", 0))
    return next(iter(inputs.values()))
`;

beforeAll(async () => {
	worker = await startApiWorker({ services });
	const boss = await admin(worker, services);
	[ada, eve] = [await newPerson(worker, boss, 'Ada'), await newPerson(worker, boss, 'Eve')];
	const watched: typeof fetch = async (...request) => {
		const answer = await fetch(...request);
		last = callsOf(answer.headers.get('server-timing') ?? '');
		return answer;
	};
	const of = ({ token }: Person) => createClient({ url: worker.url, token, fetch: watched });
	[client, bosses, eves] = [of(ada), of(boss), of(eve)];
	ids.dataset = await importCsv(worker, ada, { name: 'sales', csv: salesCsv() });
	ids.job = (await client.datasets.get.query({ datasetId: ids.dataset })).jobId!;
	const card = () => client.cards.create.mutate({ name: 'x', datasetId: ids.dataset, code: sumCard('x') });
	ids.card = (await card()).cardId;
	ids.spare = (await card()).cardId;
	ids.dashboard = (await newDashboard(worker, ada, [ids.card])).dashboardId;
});
afterAll(() => worker.stop());

async function bytesUp(uploadId: string): Promise<void> {
	const sent = { method: 'PUT', headers: { authorization: `Bearer ${ada.token}` }, body: 'a,b\n1,2\n' };
	expect((await fetch(`${worker.url}/upload/${uploadId}/parts/1`, sent)).status).toBe(204);
}

/** One call of each procedure, in an order in which each finds what it needs. */
const STEPS: [string, () => Promise<unknown>][] = [
	['users.list', () => client.users.list.query({})],
	['users.get', () => client.users.get.query({ userId: eve.userId })],
	[
		'uploads.create',
		async () => (ids.upload = (await client.uploads.create.mutate({ fileName: 'a.csv', size: 8 })).uploadId),
	],
	['uploads.get', () => client.uploads.get.query({ uploadId: ids.upload })],
	[
		'uploads.complete',
		async () => (await bytesUp(ids.upload), client.uploads.complete.mutate({ uploadId: ids.upload })),
	],
	['datasets.import', () => client.datasets.import.mutate({ uploadId: ids.upload, name: 'small' })],
	['uploads.abort', () => client.uploads.abort.mutate({ uploadId: ids.upload }).catch(() => undefined)],
	['datasets.list', () => client.datasets.list.query({})],
	['datasets.get', () => client.datasets.get.query({ datasetId: ids.dataset })],
	['datasets.update', () => client.datasets.update.mutate({ datasetId: ids.dataset, name: 'renamed' })],
	['rowPolicies.replace', () => client.rowPolicies.replace.mutate({ datasetId: ids.dataset, policies: onRegions() })],
	['rowPolicies.get', () => client.rowPolicies.get.query({ datasetId: ids.dataset })],
	['datasets.preview', () => client.datasets.preview.query({ datasetId: ids.dataset })],
	['datasets.values', () => client.datasets.values.query({ datasetId: ids.dataset, column: 'region' })],
	['datasets.usedBy', () => client.datasets.usedBy.query({ datasetId: ids.dataset })],
	['datasets.remove', () => client.datasets.remove.mutate({ datasetId: ids.dataset }).catch(() => undefined)],
	['jobs.get', () => client.jobs.get.query({ jobId: ids.job })],
	['jobs.cancel', () => client.jobs.cancel.mutate({ jobId: ids.job }).catch(() => undefined)],
	['cards.list', () => client.cards.list.query({})],
	['cards.get', () => client.cards.get.query({ cardId: ids.card })],
	['cards.create', () => client.cards.create.mutate({ name: 'y', datasetId: ids.dataset, code: sumCard('y') })],
	['cards.update', () => client.cards.update.mutate({ cardId: ids.card, name: 'z' })],
	['cards.usedBy', () => client.cards.usedBy.query({ cardId: ids.card })],
	['cards.preview', () => client.cards.preview.mutate({ cardId: ids.card })],
	['cards.previewDraft', () => client.cards.previewDraft.mutate({ code: sumCard('z'), datasetIds: [ids.dataset] })],
	['cards.execute', () => client.cards.execute.mutate({ cardId: ids.card })],
	['cards.remove', () => client.cards.remove.mutate({ cardId: ids.spare })],
	['transforms.nextRuns', () => client.transforms.nextRuns.query({ schedule: '0 6 * * *', timeZone: 'UTC' })],
	['transforms.preview', () => client.transforms.preview.mutate({ code: SLEEPS, inputDatasetIds: [ids.dataset] })],
	[
		'transforms.create',
		async () => {
			const fields = { name: 'T', code: SLEEPS, params: { seconds: 60 }, inputDatasetIds: [ids.dataset] };
			ids.transform = (await client.transforms.create.mutate(fields)).transformId;
		},
	],
	['transforms.list', () => client.transforms.list.query({})],
	['transforms.get', () => client.transforms.get.query({ transformId: ids.transform })],
	['transforms.update', () => client.transforms.update.mutate({ transformId: ids.transform, name: 'U' })],
	[
		'transforms.execute',
		async () => (ids.execution = (await client.transforms.execute.mutate({ transformId: ids.transform })).executionId),
	],
	['transforms.executions', () => client.transforms.executions.query({ transformId: ids.transform })],
	[
		'transforms.execution',
		() => client.transforms.execution.query({ transformId: ids.transform, executionId: ids.execution }),
	],
	[
		'transforms.cancel',
		() => client.transforms.cancel.mutate({ transformId: ids.transform, executionId: ids.execution }),
	],
	['transforms.remove', () => client.transforms.remove.mutate({ transformId: ids.transform })],
	['dashboards.list', () => client.dashboards.list.query({})],
	['dashboards.get', () => client.dashboards.get.query({ dashboardId: ids.dashboard })],
	['dashboards.view', () => client.dashboards.view.query({ dashboardId: ids.dashboard })],
	['dashboards.update', () => client.dashboards.update.mutate({ dashboardId: ids.dashboard, name: 'z' })],
	['dashboards.referencedDatasets', () => client.dashboards.referencedDatasets.query({ dashboardId: ids.dashboard })],
	['dashboards.clone', () => client.dashboards.clone.mutate({ dashboardId: ids.dashboard })],
	[
		'filterViews.create',
		async () => {
			const view = { dashboardId: ids.dashboard, name: 'V', filterState: {}, isDefault: true };
			ids.view = (await client.filterViews.create.mutate(view)).filterViewId;
		},
	],
	['filterViews.list', () => client.filterViews.list.query({ dashboardId: ids.dashboard })],
	['filterViews.get', () => client.filterViews.get.query({ dashboardId: ids.dashboard, filterViewId: ids.view })],
	[
		'filterViews.update',
		() => client.filterViews.update.mutate({ dashboardId: ids.dashboard, filterViewId: ids.view, isDefault: false }),
	],
	[
		'filterViews.remove',
		() => client.filterViews.remove.mutate({ dashboardId: ids.dashboard, filterViewId: ids.view }),
	],
	[
		'shares.create',
		async () =>
			(ids.share = (
				await client.shares.create.mutate({ ...toEve, dashboardId: ids.dashboard, sharedToId: eve.userId })
			).id),
	],
	['shares.list', () => client.shares.list.query({ dashboardId: ids.dashboard })],
	[
		'shares.update',
		() => client.shares.update.mutate({ dashboardId: ids.dashboard, shareId: ids.share, permission: 'editor' }),
	],
	['shares.access', () => client.shares.access.query({ dashboardId: ids.dashboard })],
	[
		'shares.preview',
		() => client.shares.preview.query({ ...toEve, dashboardId: ids.dashboard, sharedToId: eve.userId }),
	],
	['shares.remove', () => client.shares.remove.mutate({ dashboardId: ids.dashboard, shareId: ids.share })],
	[
		'datasetShares.create',
		async () =>
			(ids.share = (
				await client.datasetShares.create.mutate({ ...toEve, datasetId: ids.dataset, sharedToId: eve.userId })
			).id),
	],
	['datasetShares.list', () => client.datasetShares.list.query({ datasetId: ids.dataset })],
	[
		'datasetShares.update',
		() => client.datasetShares.update.mutate({ datasetId: ids.dataset, shareId: ids.share, permission: 'editor' }),
	],
	['datasetShares.access', () => client.datasetShares.access.query({ datasetId: ids.dataset })],
	[
		'datasetShares.preview',
		() => client.datasetShares.preview.query({ ...toEve, datasetId: ids.dataset, sharedToId: eve.userId }),
	],
	['datasetShares.remove', () => client.datasetShares.remove.mutate({ datasetId: ids.dataset, shareId: ids.share })],
	['dashboards.transfer', () => client.dashboards.transfer.mutate({ dashboardId: ids.dashboard, userId: eve.userId })],
	['views.list', () => client.views.list.query({ dashboardId: ids.dashboard })],
	['views.listAll', () => bosses.views.listAll.query({})],
	['apiKeys.create', async () => (ids.key = (await client.apiKeys.create.mutate({ name: 'x' })).id)],
	['apiKeys.list', () => client.apiKeys.list.query({})],
	['apiKeys.remove', () => client.apiKeys.remove.mutate({ keyId: ids.key })],
	['audit.list', () => bosses.audit.list.query({ from: new Date(Date.now() - 5_000).toISOString(), limit: 5 })],
	[
		'dashboards.create',
		async () => (ids.dashboard = (await client.dashboards.create.mutate({ name: 'gone' })).dashboardId),
	],
	['dashboards.remove', () => client.dashboards.remove.mutate({ dashboardId: ids.dashboard })],
	['auth.login', () => client.auth.login.mutate({ email: ada.email, password: PASSWORD })],
	['auth.logout', () => client.auth.logout.mutate()],
	['users.update', () => bosses.users.update.mutate({ userId: eve.userId, name: 'Eva' })],
	['users.signOut', () => bosses.users.signOut.mutate({ userId: ada.userId })],
	['groups.create', async () => (ids.group = (await bosses.groups.create.mutate({ name: `A ${Date.now()}` })).id)],
	['groups.addMember', () => bosses.groups.addMember.mutate({ groupId: ids.group, userId: eve.userId })],
	['auth.self', () => eves.auth.self.query()],
	['auth.me', () => eves.auth.me.query()],
	['groups.list', () => eves.groups.list.query({})],
	['groups.get', () => eves.groups.get.query({ groupId: ids.group })],
	['groups.update', () => bosses.groups.update.mutate({ groupId: ids.group, name: `B ${Date.now()}` })],
	['groups.removeMember', () => bosses.groups.removeMember.mutate({ groupId: ids.group, userId: eve.userId })],
	['groups.remove', () => bosses.groups.remove.mutate({ groupId: ids.group })],
	[
		'auth.sessions',
		async () => {
			await worker.client().auth.login.mutate({ email: eve.email, password: PASSWORD });
			ids.session = (await eves.auth.sessions.query()).find(({ current }) => !current)!.sessionId;
		},
	],
	['auth.endSession', () => eves.auth.endSession.mutate({ sessionId: ids.session })],
	['auth.password', () => eves.auth.password.mutate({ currentPassword: PASSWORD, newPassword: `${PASSWORD}0` })],
	['auth.logoutEverywhere', () => eves.auth.logoutEverywhere.mutate()],
	['users.resetLink', async () => (ids.link = (await bosses.users.resetLink.mutate({ userId: eve.userId })).link)],
	[
		'auth.reset',
		() => {
			const token = new URLSearchParams(new URL(ids.link).hash.slice(1)).get('token')!;
			return bosses.auth.reset.mutate({ userId: eve.userId, token, newPassword: PASSWORD });
		},
	],
];
const onRegions = () => [
	{ column: 'region', rules: [{ principalType: 'user' as const, principalId: eve.userId, values: ['APAC'] }] },
];
const toEve = { sharedToType: 'user', permission: 'viewer' } as const;

test.each(STEPS)('%s', async (procedure, call) => {
	await call();
	expect(last.dynamo).toBeLessThanOrEqual(CALLS[procedure]!);
});

test('every procedure is in the table, and users.create, which admins do', () => {
	const procedures = Object.keys(appRouter._def.procedures).sort();
	expect(Object.keys(CALLS).sort()).toEqual(procedures);
	expect([...STEPS.map(([name]) => name), 'users.create'].sort()).toEqual(procedures);
});
