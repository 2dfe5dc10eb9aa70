// Data, cards and dashboards for tests, made through the API as a person would.
import type { Outputs } from '$lib/client';
import type { RenderLine } from '$lib/contracts/render';
import type { ApiWorker } from './api-worker';
import { importFile } from './files';
import type { Person } from './people';

/** Uploads and imports a small CSV. */
export async function importCsv(
	worker: ApiWorker,
	person: Person,
	{ name, csv }: { name: string; csv: string },
): Promise<string> {
	const dataset = await importFile(worker, person, csv, { name });
	if (dataset.status !== 'ready') throw new Error(`${name}: ${dataset.status} ${JSON.stringify(dataset.error)}`);
	return dataset.datasetId;
}

export const REGIONS = ['APAC', 'EMEA', 'LATAM'] as const;

/** 90 days from 2024-01-01 for each region, so that every sum can be worked out by hand. */
export function salesCsv(): string {
	const lines = ['day,region,amount,note'];
	for (let day = 0; day < 90; day += 1) {
		const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10);
		REGIONS.forEach((region, index) => lines.push(`${date},${region},${(index + 1) * 10 + (day % 7)},n${day}`));
	}
	return lines.join('\n');
}

/** What the sum of `amount` is for some regions between two days, both inclusive. */
export function salesSum({
	regions = REGIONS,
	from = 0,
	to = 89,
}: { regions?: readonly string[]; from?: number; to?: number } = {}): number {
	let sum = 0;
	for (let day = from; day <= to; day += 1) {
		REGIONS.forEach((region, index) => {
			if (regions.includes(region)) sum += (index + 1) * 10 + (day % 7);
		});
	}
	return sum;
}

/** Shows the sum of a column, and a mark that tells cards apart. */
export function sumCard(mark: string): string {
	return `def render(dataset, filters, params):\n    return f"<p>${mark}: {int(dataset['amount'].sum())}</p>"\n`;
}

export type Dashboard = Outputs['dashboards']['create'];

/** A dashboard of some cards in one row, filtered by region and day. */
export async function newDashboard(
	worker: ApiWorker,
	person: Person,
	cardIds: readonly string[],
	name = 'Sales',
): Promise<Dashboard> {
	return worker.client(person.token).dashboards.create.mutate({
		name,
		layout: {
			cards: cardIds.map((cardId, index) => ({ cardId, x: (index % 12) * 1, y: Math.floor(index / 12), w: 1, h: 1 })),
		},
		filters: [
			{ id: 'region', type: 'category', column: 'region', label: 'Region', multiSelect: true },
			{ id: 'when', type: 'date_range', column: 'day', label: 'Date' },
		],
	});
}

export interface Rendered {
	status: number;
	/** What was spent up to the first byte. */
	serverTiming: string;
	lines: RenderLine[];
	/** By card. */
	cards: Map<string, Extract<RenderLine, { cardId: string }>>;
	end: Extract<RenderLine, { end: true }>;
}

/** Asks for the cards of a dashboard as its page does. */
export async function renderDashboard(
	worker: ApiWorker,
	person: Person,
	dashboardId: string,
	request: Record<string, unknown> = {},
): Promise<Rendered> {
	const answer = await fetch(`${worker.url}/render/dashboards/${dashboardId}`, {
		method: 'POST',
		headers: { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' },
		body: JSON.stringify(request),
	});
	const text = await answer.text();
	const lines = answer.ok
		? text
				.trim()
				.split('\n')
				.map((line) => JSON.parse(line) as RenderLine)
		: [];
	const cards = new Map(lines.flatMap((line) => ('cardId' in line ? [[line.cardId, line] as const] : [])));
	return {
		status: answer.status,
		serverTiming: answer.headers.get('server-timing') ?? '',
		lines,
		cards,
		end: lines.at(-1) as Rendered['end'],
	};
}

/** The body of a card that was rendered; fails with its error. */
export function bodyOf(rendered: Rendered, cardId: string): string {
	const line = rendered.cards.get(cardId);
	if (line?.status !== 'ok') throw new Error(`${cardId}: ${JSON.stringify(line)}`);
	return line.body;
}

/** Calls by system, read from a `Server-Timing` header. */
export function callsOf(serverTiming: string): Record<'dynamo' | 's3' | 'kv' | 'exec', number> {
	const calls = (system: string) => Number(new RegExp(`${system};desc="(\\d+)`).exec(serverTiming)?.[1]);
	return { dynamo: calls('dynamo'), s3: calls('s3'), kv: calls('kv'), exec: calls('exec') };
}
