// What the Worker hands to the pages, and what an error page knows.
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
		interface Error {
			message: string;
			/** Names the failed request in the logs. */
			requestId?: string | null;
		}
	}

	/** The Worker's types give the elements of their HTML rewriter the same name, and so hide what the browser's can do. */
	interface Element {
		append(...nodes: (Node | string)[]): void;
		prepend(...nodes: (Node | string)[]): void;
		before(...nodes: (Node | string)[]): void;
		after(...nodes: (Node | string)[]): void;
	}
}
