// Runs of code that is being written: nothing is saved and nothing cached. Its author sees everything that it said.
import type { CardPreview } from '$lib/contracts/card';
import type { Json } from '$lib/contracts/common';
import type { FilterState } from '$lib/contracts/filter';
import { sha256Hex } from '$lib/domain/canonical';
import { dayInZone } from '$lib/domain/relative-dates';
import type { Actor } from '../access/access';
import { rowFiltersOf } from '../entities/row-policy/rules';
import type { Deps } from '../deps';
import type { DatasetSummary } from '../entities/dataset/summary';
import { invalid } from '../errors';
import { applicable } from './applicable';
import { bodyName } from './bodies';
import { cardUrl } from './card-url';
import { asPreviewError, type Envelope } from './outcome';
import { resolveFilters } from './prepare';
import { run, type RunDeps, type RunResult } from './run';
import { renderText } from './text-card';

export interface Draft {
	cardId: string | null;
	cardType: 'code' | 'text';
	code: string;
	codeHash: string;
	params: Record<string, Json>;
	scripts: boolean;
	datasets: readonly { alias: string; datasetId: string }[];
	/** Columns or filter ids the card is filtered by; null: all that its data has. */
	declared: readonly string[] | null;
	filters: FilterState;
}

const PREVIEW_SECONDS = 600;

export type PreviewDeps = RunDeps & Pick<Deps, 'image' | 'now'>;

/** @param summaries of the draft's datasets, by id. @throws AppError VALIDATION_ERROR, or with the codes of cards */
export async function preview(
	deps: PreviewDeps,
	actor: Actor,
	draft: Draft,
	summaries: ReadonlyMap<string, DatasetSummary>,
): Promise<CardPreview> {
	if (draft.cardType === 'text') return textPreview(draft);
	const today = dayInZone(new Date(deps.now() * 1000), deps.settings.ZONE);
	const active = resolveFilters({ filters: [] }, draft.filters, today);
	const columns = new Set([...summaries.values()].flatMap(({ schema }) => schema.map(({ name }) => name)));
	const { filters } = applicable(active, { columns, declared: draft.declared });
	const datasets = draft.datasets.map(({ alias, datasetId }) => {
		const summary = summaries.get(datasetId);
		if (!summary?.versionId) throw invalid({ datasetIds: `"${alias}" has no data yet` });
		const rows = rowFiltersOf(summary, actor.user);
		if (!rows) throw invalid({ datasetIds: `"${alias}" shows you no rows: a row policy names a column that is gone` });
		return { alias, datasetId, versionId: summary.versionId, rows };
	});
	const { code, codeHash, params, scripts } = draft;
	try {
		// Not for a key: it refuses an executor whose sandbox is too weak.
		await deps.image();
		const result = await run(deps, { author: actor.user.userId, code, codeHash, params, scripts, datasets, filters });
		return described(draft, result, await previewUrl(deps, actor, result));
	} catch (error) {
		throw asPreviewError(error);
	}
}

/** A script card's document must be somewhere: for a few minutes it is in this location's cache, under a name of its own. */
async function previewUrl(
	deps: PreviewDeps,
	actor: Actor,
	{ kind, body, libs, heightHint, rows }: RunResult,
): Promise<string | null> {
	if (kind !== 'script') return null;
	const key = await sha256Hex(crypto.randomUUID());
	const renderedAt = new Date(deps.now() * 1000).toISOString();
	const envelope: Envelope = { v: 1, kind, body, libs, heightHint, rows, renderedAt, versions: {} };
	await deps.cache.put(bodyName(key), envelope, PREVIEW_SECONDS);
	return cardUrl(deps, actor, key);
}

function described(draft: Draft, result: RunResult, url: string | null): CardPreview {
	const { kind, body, libs, heightHint, rows, stdout, warnings, usedColumns, filterApplicable, timings } = result;
	const differs = filterApplicable !== null && !sameNames(filterApplicable, draft.declared);
	const warning =
		'filter_applicable that the code returns is not what the card declares; what the card declares holds.';
	return {
		cardId: draft.cardId,
		html: body,
		kind,
		libs,
		heightHint,
		executionTimeMs: timings.totalMs,
		inputRowCount: rows.input,
		filteredRowCount: rows.filtered,
		stdout,
		warnings: differs ? [...warnings, warning] : warnings,
		usedColumns,
		filterApplicable,
		timings,
		url,
	};
}

function sameNames(a: readonly string[], b: readonly string[] | null): boolean {
	return b !== null && [...a].sort().join('\n') === [...b].sort().join('\n');
}

function textPreview(draft: Draft): CardPreview {
	return {
		cardId: draft.cardId,
		html: renderText(draft.code),
		kind: 'html',
		libs: [],
		heightHint: null,
		executionTimeMs: 0,
		inputRowCount: 0,
		filteredRowCount: 0,
		stdout: '',
		warnings: [],
		usedColumns: [],
		filterApplicable: null,
		timings: { totalMs: 0 },
		url: null,
	};
}
