// The filter views that a page has a name for: the default, which comes with what is shown, and the one that its address was chosen
// from, which costs one read when it is another. The state of a page is in its address; these say only what to call it.
import type { NamedState } from '$lib/contracts/dashboard';
import { chosenView } from '$lib/domain/url-state';
import type { Deps } from '../deps';
import * as filterViews from '../entities/filter-view/repository';
import { maySee, type Visitor } from '../entities/filter-view/rules';
import { isId } from '../ids';
import type { Shown } from './shown';

/** @param query of the page's address */
export async function knownViews(
	{ dynamo }: Pick<Deps, 'dynamo'>,
	visitor: Visitor,
	{ shown: { dashboard, defaultView }, query }: { shown: Shown; query: string },
): Promise<NamedState[]> {
	const known = defaultView ? [defaultView] : [];
	const chosen = chosenView(new URLSearchParams(query), null);
	if (!isId('fv', chosen) || chosen === defaultView?.filterViewId) return known;
	const item = await filterViews.find(dynamo, chosen);
	const isTheirs = item?.dashboardId === dashboard.dashboardId && maySee({ ...item, isDefault: false }, visitor);
	return isTheirs ? [...known, filterViews.toNamedState(item)] : known;
}
