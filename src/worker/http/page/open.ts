// What is found out before a page is made: who asks and, for a dashboard, what it shows them now. That names the page, so that a
// page made for the same visitor from the same data can be sent again: access is decided and data are looked up each time.
import { sha256Hex } from '$lib/domain/canonical';
import type { DashboardView } from '$lib/contracts/dashboard';
import { createContext } from '../../context';
import type { RequestScope } from '../../deps';
import * as sessions from '../../entities/session/service';
import { asAppError } from '../../errors';
import { isId } from '../../ids';
import { view } from '../../render/view';
import { requireAccess } from '../../trpc';

/** As `dashboards.view` declares it, which the page asks for next. */
const ACCESS = { action: 'dashboard.view', id: 'dashboardId' } as const;
const DASHBOARD = /^\/dashboards\/([^/]+?)(\/__data\.json)?$/;

/** The name under which the page may be kept and found, or null when it is to be made anew. */
export async function openPage(request: Request, scope: RequestScope): Promise<string | null> {
	const url = new URL(request.url);
	const [, dashboardId, isData] = DASHBOARD.exec(url.pathname) ?? [];
	const { deps } = scope;
	deps.page.wait = url.searchParams.get('render') === 'wait';
	// A form's action writes, and what writes is decided by the store alone.
	if (request.method !== 'GET' || !isId('dash', dashboardId)) return null;
	const context = await createContext(request, scope, new Headers());
	try {
		// One batch decides and brings what is shown, whatever the page asks first.
		const actor = await requireAccess(context, ACCESS, {
			name: 'dashboards.view',
			input: { dashboardId },
			writes: false,
		});
		if (isData || deps.page.wait) return null;
		const query = url.search;
		const shown = await view(deps, actor, { dashboardId, query, filters: {} });
		deps.page.made = { sessionId: actor.sessionId, dashboardId, query, view: shown };
		return await nameOf(request, sessions.self(actor), shown, deps.now());
	} catch (error) {
		// The page asks again and says so in its own way; here it would only be said twice.
		deps.log.info({ event: 'page', outcome: 'error', code: asAppError(error).code });
		return null;
	}
}

/** Of everything that the page of a dashboard is made from. Times are told in minutes, so none is told wrong for longer. */
function nameOf(request: Request, me: unknown, shown: DashboardView, now: number): Promise<string> {
	const { url, headers } = request;
	const visitor = [headers.get('cookie'), headers.get('authorization'), headers.get('accept-language')];
	return sha256Hex(JSON.stringify([url, visitor, me, shown, Math.floor(now / 60)]));
}
