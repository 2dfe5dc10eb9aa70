// Gathers views in the isolate's memory and adds them to the stored counts at most once a minute. A viewer's request pays nothing;
// what an isolate gathered in its last minute is lost with it.
import type { Log } from '../../log';
import { toIso } from '../../time';
import { change } from '../dynamo/expression';
import type { Dynamo } from '../dynamo/port';
import type { Views } from './port';

interface Gathered {
	dashboardId: string;
	userId: string;
	/** UTC, `YYYY-MM-DD`. */
	day: string;
	views: number;
	/** UNIX seconds. */
	lastAt: number;
}

/** Of an isolate: what is not stored yet, and when storing is due. */
export interface GatheredViews {
	counts: Map<string, Gathered>;
	/** UNIX seconds. */
	dueAt: number;
}

/** Seconds between two times of storing. */
const EVERY = 60;
const DAY_SECONDS = 24 * 60 * 60;
/** Writes at the same time. */
const AT_ONCE = 20;

export interface ViewsParts {
	gathered: GatheredViews;
	dynamo: Dynamo;
	log: Log;
	background: (work: Promise<unknown>) => void;
	retentionDays: number;
	/** UNIX seconds. */
	now: () => number;
}

export function noViews(): GatheredViews {
	return { counts: new Map(), dueAt: 0 };
}

/** One for each request, over what its isolate gathered. */
export function createViews({ gathered, dynamo, log, background, retentionDays, now }: ViewsParts): Views {
	function gather(one: Gathered): void {
		const name = `${one.day} ${one.dashboardId} ${one.userId}`;
		const before = gathered.counts.get(name);
		gathered.counts.set(name, before ? { ...one, views: before.views + one.views } : one);
	}

	async function store(one: Gathered): Promise<void> {
		const { dashboardId, userId, day, views, lastAt } = one;
		const ttl = Math.ceil(lastAt) + retentionDays * DAY_SECONDS;
		try {
			await dynamo.update({
				table: 'dashboard_views',
				key: { dashboardId, 'day#user': `${day}#${userId}` },
				update: change({ userId, day, lastAt, ttl }, { views }),
			});
		} catch (error) {
			log.error({ event: 'views', error });
			gather(one);
		}
	}

	async function flush(): Promise<void> {
		gathered.dueAt = now() + EVERY;
		const all = [...gathered.counts.values()];
		gathered.counts.clear();
		for (let start = 0; start < all.length; start += AT_ONCE)
			await Promise.all(all.slice(start, start + AT_ONCE).map(store));
	}

	return {
		flush,
		seen(dashboardId, userId) {
			const lastAt = now();
			const isFirst = gathered.counts.size === 0;
			gather({ dashboardId, userId, day: toIso(lastAt).slice(0, 10), views: 1, lastAt });
			if (lastAt >= gathered.dueAt) background(flush());
			// If the platform ends this wait early, the next view finds that storing is due.
			else if (isFirst) background(wait(gathered.dueAt - lastAt).then(flush));
		},
	};
}

function wait(seconds: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
