// `POST /render/dashboards/{id}`: the cards of a dashboard as lines of JSON, each as soon as it is known. The last line is the sum.
import { Hono, type Context as HonoContext } from 'hono';
import { renderRequest, type Cost as CostLine, type RenderLine } from '$lib/contracts/render';
import { resolvedRanges } from '$lib/domain/filters';
import { createContext } from '../context';
import type { Cost } from '../cost';
import type { Deps } from '../deps';
import { AppError, asAppError } from '../errors';
import type { Actor } from '../access/access';
import { cardUrl } from '../render/card-url';
import type { Spent } from '../render/outcome';
import { prepare } from '../render/prepare';
import { show, type ShownCardContent } from '../render/show';
import { invalidInput, requireAccess } from '../trpc';
import { bodyUpTo, type AppEnv } from './security';

/** Ids and keys of sixty cards and a filter state fit many times. */
const MAX_BODY_BYTES = 1024 * 1024;

export const renderRoutes = new Hono<AppEnv>().post('/dashboards/:dashboardId', bodyUpTo(MAX_BODY_BYTES), async (c) => {
	const { deps } = c.env;
	const dashboardId = c.req.param('dashboardId');
	const context = await createContext(c.req.raw, c.env, new Headers());
	const access = { action: 'dashboard.view', id: 'dashboardId' } as const;
	const call = { name: 'dashboards.render', input: { dashboardId }, writes: false };
	const actor = await requireAccess(context, access, call);
	const { item } = await deps.access.require(actor, 'dashboard.view', dashboardId);
	const request = renderRequest.safeParse(await readJson(c));
	if (!request.success) throw invalidInput(request.error);

	const { filters, have, refresh } = request.data;
	const prepared = await prepare(deps, actor, { dashboard: item, state: filters });
	const asked = request.data.cards && new Set(request.data.cards);
	const keyedOf = (cardId: string) => prepared.cards.find(({ place }) => place.cardId === cardId)?.keyed;
	const isSame = (cardId: string) => {
		const key = keyedOf(cardId)?.task?.key;
		return !refresh && key !== undefined && have[cardId] === key;
	};
	const wanted = prepared.cards.map(({ place }) => place.cardId).filter((cardId) => !asked || asked.has(cardId));

	const lines = lineStream(async (write) => {
		for (const cardId of wanted)
			if (isSame(cardId))
				write({ cardId, key: have[cardId]!, status: 'same', ignores: keyedOf(cardId)?.ignores ?? [] });
		const rest = new Set(wanted.filter((cardId) => !isSame(cardId)));
		const pending: Promise<void>[] = [];
		const emit = (content: ShownCardContent) => pending.push(lineOf(deps, actor, content).then(write));
		await show(
			deps,
			actor,
			{ dashboard: item, filters, prepared, wanted: (cardId) => rest.has(cardId), fresh: refresh },
			emit,
		);
		await Promise.all(pending);
		write({ end: true, timing: timing(deps.cost.calls, deps.cost), resolved: resolvedRanges(prepared.active) });
	}, deps);
	return new Response(lines, {
		headers: { 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'no-store' },
	});
});

async function readJson(c: HonoContext<AppEnv>): Promise<unknown> {
	const text = await c.req.text();
	try {
		return text === '' ? {} : JSON.parse(text);
	} catch (cause) {
		throw new AppError('BAD_REQUEST', { cause });
	}
}

async function lineOf(deps: Deps, actor: Actor, content: ShownCardContent): Promise<RenderLine> {
	const spent = timing(content.spent, deps.cost);
	if (content.status === 'error') {
		return { cardId: content.cardId, key: content.key, status: 'error', error: content.failure, timing: spent };
	}
	const { cardId, key, envelope, cached, keyed } = content;
	const { kind, body, libs, heightHint, renderedAt } = envelope;
	return {
		cardId,
		key,
		status: 'ok',
		kind,
		body: kind === 'script' ? '' : body,
		url: kind === 'script' ? await cardUrl(deps, actor, key) : null,
		libs,
		heightHint,
		renderedAt,
		cached,
		ignores: keyed.ignores,
		timing: spent,
	};
}

function timing(spent: Spent, cost: Cost): CostLine {
	const { dynamo = 0, s3 = 0, kv = 0, exec = 0 } = spent;
	return { dynamo, s3, kv, exec, ms: Math.round(cost.elapsed() * 10) / 10 };
}

/** A stream of JSON lines. A failure in mid-stream can only end it: the lines that were written stay true. */
function lineStream(
	produce: (write: (line: RenderLine) => void) => Promise<void>,
	{ log }: Pick<Deps, 'log'>,
): ReadableStream {
	const encoder = new TextEncoder();
	let left = false;
	return new ReadableStream({
		async start(controller) {
			const write = (line: RenderLine) => {
				if (!left) controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
			};
			try {
				await produce(write);
				if (!left) controller.close();
			} catch (error) {
				log.error({ event: 'render-stream', error: asAppError(error) });
				if (!left) controller.error(error);
			}
		},
		cancel() {
			left = true;
		},
	});
}
