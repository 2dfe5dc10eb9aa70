// Running cards: previews for their owner, and the rendered card for whoever may see it.
import type { z } from 'zod';
import type {
	cardExecuteInput,
	cardExecution,
	CardPreview,
	cardPreviewInput,
	draftPreviewInput,
} from '$lib/contracts/card';
import { keepDeclared } from '$lib/domain/params';
import { dayInZone } from '$lib/domain/relative-dates';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { AppError, notFound, refuseProblems } from '../../errors';
import { findBodies } from '../../render/bodies';
import { asError } from '../../render/outcome';
import { prepare, resolveFilters } from '../../render/prepare';
import { preview as runPreview, type PreviewDeps } from '../../render/preview';
import { make, type ShowDeps } from '../../render/show';
import { keyCard, type KeyedCard } from '../../render/task';
import { attach, foreignProblems } from '../dataset/rules';
import { findHeads, type DatasetSummary } from '../dataset/summary';
import * as repository from './repository';
import { codeHash, declaredFilters, problemsOf } from './rules';

type PreviewCardDeps = PreviewDeps & Pick<Deps, 'access' | 'dynamo'>;
type ExecuteCardDeps = ShowDeps & Pick<Deps, 'cost'>;

/** Runs a saved card, or other code in its place, on the card's own datasets. Saves nothing. @throws AppError with the codes of cards */
export async function preview(
	deps: PreviewCardDeps,
	actor: Actor,
	input: z.infer<typeof cardPreviewInput>,
): Promise<CardPreview> {
	const { item: card } = await deps.access.require(actor, 'card.preview', input.cardId);
	const code = input.code ?? card.code;
	const params = input.params ?? keepDeclared(code, repository.paramsOf(card));
	const { cardType, scripts } = card;
	refuseProblems(problemsOf({ cardType, code, params, datasetIds: card.datasets.map(({ datasetId }) => datasetId) }));
	const draft = {
		cardId: card.cardId,
		cardType,
		code,
		codeHash: await codeHash({ cardType, code, params, scripts, datasets: card.datasets }),
		params,
		scripts,
		datasets: card.datasets,
		declared: card.filtersGiven ? card.filterApplicable : declaredFilters(code),
		filters: input.filters ?? {},
	};
	return runPreview(deps, actor, draft, await usable(deps, actor, card));
}

/** The same for a card that is not saved yet. @throws AppError VALIDATION_ERROR also for a dataset that is not the actor's */
export async function previewDraft(
	deps: PreviewCardDeps,
	actor: Actor,
	input: z.infer<typeof draftPreviewInput>,
): Promise<CardPreview> {
	const { code, cardType, datasetIds, params, scripts, filters } = input;
	refuseProblems(problemsOf(input));
	const permitted = await deps.access.permitted(actor, 'dataset.use', datasetIds);
	const isUsable = (id: string) => permitted.has(id);
	refuseProblems(foreignProblems(datasetIds, isUsable, (position) => `datasetIds.${position}`));
	const attached = attach(
		datasetIds.map((id) => permitted.get(id)!),
		[],
	);
	const draft = {
		cardId: null,
		cardType,
		code,
		codeHash: await codeHash({ cardType, code, params, scripts, datasets: attached }),
		params,
		scripts,
		datasets: attached,
		declared: declaredFilters(code),
		filters,
	};
	return runPreview(deps, actor, draft, permitted);
}

/**
 * The rendered card: for its owner, and for whoever names a dashboard that they see and that shows it.
 * @throws AppError NOT_FOUND, or with the codes of cards; only the owner learns what their code said
 */
export async function execute(
	deps: ExecuteCardDeps,
	actor: Actor,
	input: z.infer<typeof cardExecuteInput>,
): Promise<z.infer<typeof cardExecution>> {
	const find = () =>
		input.dashboardId === undefined
			? ownCard(deps, actor, input)
			: cardOnDashboard(deps, actor, input, input.dashboardId);
	const keyed = await find();
	if (!keyed.task)
		throw new AppError('UPSTREAM_UNAVAILABLE', { userMessage: 'The data of this card are not there yet.' });
	const started = deps.cost.elapsed();
	const fresh = input.useCache === false;
	const kept = fresh ? undefined : (await findBodies(deps.shared, [keyed.task.key])).get(keyed.task.key);
	const content = kept
		? { status: 'ok' as const, envelope: kept, cached: true }
		: await make(deps, actor, { keyed, fresh, dashboardId: input.dashboardId ?? null, again: find });
	if (content.status === 'error') throw asError(content.failure);
	const { envelope, cached } = content;
	const { kind, body, libs } = envelope;
	return {
		cardId: input.cardId,
		html: body,
		kind,
		libs,
		cached,
		executionTimeMs: Math.max(0, Math.round(deps.cost.elapsed() - started)),
	};
}

async function ownCard(
	deps: ExecuteCardDeps,
	actor: Actor,
	input: z.infer<typeof cardExecuteInput>,
): Promise<KeyedCard> {
	const { item: card } = await deps.access.require(actor, 'card.view', input.cardId);
	const zone = deps.settings.ZONE;
	const active = resolveFilters({ filters: [] }, input.filters ?? {}, dayInZone(new Date(deps.now() * 1000), zone));
	const summaries = await usable(deps, actor, card);
	const image = card.cardType === 'code' ? await deps.image() : '';
	return keyCard(card, { asker: actor.user, datasets: Object.fromEntries(summaries), active, zone, image });
}

/**
 * The datasets of a card, by id, for somebody who may use them now; what is gone is missing.
 * @throws AppError FORBIDDEN naming in `details.datasets` those that are not shared to them any more
 */
async function usable(
	deps: Pick<Deps, 'access' | 'dynamo'>,
	actor: Actor,
	card: Pick<repository.CardItem, 'cardType' | 'datasets'>,
): Promise<ReadonlyMap<string, DatasetSummary>> {
	const attached = card.cardType === 'text' ? [] : card.datasets;
	const ids = attached.map(({ datasetId }) => datasetId);
	const permitted = await deps.access.permitted(actor, 'dataset.use', ids);
	const refused = attached.filter(({ datasetId }) => !permitted.has(datasetId));
	if (refused.length === 0) return permitted;
	const there = await findHeads(
		deps.dynamo,
		refused.map(({ datasetId }) => datasetId),
	);
	const ended = refused.filter(({ datasetId }) => there.has(datasetId));
	if (ended.length === 0) return permitted;
	// Named as the card's code does: what they are called now may not be their reader's to know any more.
	const names = ended.map(({ alias }) => `“${alias}”`).join(', ');
	throw new AppError('FORBIDDEN', {
		userMessage: `This card reads ${names}, which is not shared with you any more.`,
		details: { datasets: ended.map(({ datasetId, alias: name }) => ({ datasetId, name })) },
	});
}

async function cardOnDashboard(
	deps: ExecuteCardDeps,
	actor: Actor,
	input: z.infer<typeof cardExecuteInput>,
	dashboardId: string,
): Promise<KeyedCard> {
	const { item } = await deps.access.require(actor, 'dashboard.view', dashboardId);
	const { cards } = await prepare(deps, actor, { dashboard: item, state: input.filters ?? {} });
	const keyed = cards.find(({ place }) => place.cardId === input.cardId)?.keyed;
	if (!keyed) throw notFound(`${input.cardId} is not shown on ${dashboardId}`);
	return keyed;
}
