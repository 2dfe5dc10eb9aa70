// Makes the content of one card: reads its code, runs it or renders its text, and wraps the result in an envelope.
import type { Deps } from '../deps';
import * as cards from '../entities/card/repository';
import type { Quota } from '../infra/limiter/port';
import { failureOf, type Outcome } from './outcome';
import { run, type RunDeps } from './run';
import { renderText } from './text-card';
import type { CardTask } from './task';

export type ExecuteDeps = RunDeps & Pick<Deps, 'dynamo' | 'limiter' | 'now' | 'log'>;

/** How often the cards of one dashboard may be run within a minute. */
export function executionsQuota(settings: Pick<Deps['settings'], 'EXECUTIONS_PER_DASHBOARD'>): Quota {
	return { policy: 'executions', most: settings.EXECUTIONS_PER_DASHBOARD };
}

/**
 * Never throws: what goes wrong is an outcome too.
 * @param dashboardId whose limit of runs it counts against; null: nobody's
 */
export async function execute(
	deps: ExecuteDeps,
	task: CardTask,
	{ dashboardId }: { dashboardId: string | null },
): Promise<Outcome> {
	try {
		const raw = await deps.dynamo.get(cards.keyOf(task.cardId));
		const card = raw && cards.parse(raw);
		if (!card || card.codeHash !== task.codeHash) return { status: 'stale' };
		if (dashboardId !== null && card.cardType === 'code') {
			await deps.limiter.spend(executionsQuota(deps.settings), dashboardId, 1);
		}
		return { status: 'ok', envelope: await envelopeOf(deps, card, task), cached: false };
	} catch (error) {
		const failure = failureOf(error);
		const fields = { event: 'card', cardId: task.cardId, code: failure.code };
		// What a card's code said may hold its rows: only failures of ours are logged with their message.
		if (failure.code === 'INTERNAL' || failure.code === 'UPSTREAM_UNAVAILABLE') deps.log.error({ ...fields, error });
		else deps.log.info({ ...fields, outcome: 'error' });
		return { status: 'failed', failure };
	}
}

async function envelopeOf(deps: ExecuteDeps, card: cards.CardItem, task: CardTask) {
	const renderedAt = new Date(deps.now() * 1000).toISOString();
	const versions = Object.fromEntries(task.datasets.map(({ datasetId, versionId }) => [datasetId, versionId]));
	if (card.cardType === 'text') {
		const rows = { input: 0, filtered: 0 };
		return {
			v: 1 as const,
			kind: 'html' as const,
			body: renderText(card.code),
			libs: [],
			heightHint: null,
			rows,
			renderedAt,
			versions,
		};
	}
	const result = await run(deps, {
		author: card.ownerId,
		code: card.code,
		codeHash: card.codeHash,
		params: cards.paramsOf(card),
		scripts: card.scripts,
		datasets: task.datasets,
		filters: task.filters,
	});
	const { kind, body, libs, heightHint, rows } = result;
	return { v: 1 as const, kind, body, libs, heightHint, rows, renderedAt, versions };
}
