// What the Worker hands to the pages.
import type { Cost } from './worker/cost';

declare global {
	namespace App {
		interface Platform {
			env: {
				/** The API, called in-process: it shares this request's cost and what was read for it. */
				APP: { fetch(request: Request): Promise<Response> };
				COST: Cost;
			};
		}
	}
}
