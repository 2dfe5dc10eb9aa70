// Where a card's content is made: in one place for each key, however many ask for it, wherever they are.
import type { Envelope, SpentOutcome } from '../../render/outcome';
import type { CardTask } from '../../render/task';

export interface RenderOptions {
	/** Made again whatever is there. */
	fresh: boolean;
	/** Whose limit of runs it counts against, if it has to be run; null: nobody's. */
	dashboardId: string | null;
}

export interface Renders {
	/** The content, made now unless it is there or being made. */
	render(task: CardTask, options: RenderOptions): Promise<SpentOutcome>;
	/** The content if it was made a moment ago: KV may take a minute to tell. */
	peek(key: string): Promise<Envelope | null>;
}
