// Starts the product, or parts of it, for a test: the same code that `npm start` runs, on free ports, in a data folder of
// its own, so that tests run beside a running product.
import { mkdtempSync, rmSync } from 'node:fs';
import type { DynamoEngine } from '../../scripts/lib/services/dynamo.js';
import { readSettings } from '../../scripts/lib/settings.js';
import { TEST_FOLDER } from '../../scripts/lib/suites.js';
import { startStack, type Part, type Stack } from '../../scripts/lib/stack.js';

export type { Part, Stack };

export interface TestStack extends Stack {
	dataDir: string;
	/** Starts the same parts again on the same data, as after a crash: for tests that called `kill`. */
	restart(): Promise<TestStack>;
}

interface Options {
	parts?: readonly Part[];
	/** Kept when given; otherwise a temporary one that `stop` removes. */
	dataDir?: string;
	/** The one of `npm start` when left out. */
	engine?: DynamoEngine;
	/** Of the Worker, such as `ACCESS_TTL_SECONDS`. */
	variables?: Record<string, string>;
}

/** Nothing that the person running the tests has set for their own product reaches the one under test. */
const plainEnvironment = {
	PATH: process.env.PATH,
	HOME: process.env.HOME,
	LANG: process.env.LANG,
	TMPDIR: process.env.TMPDIR,
};

export async function startTestStack(options: Options = {}): Promise<TestStack> {
	const dataDir = options.dataDir ?? mkdtempSync(TEST_FOLDER);
	return start({ ...options, dataDir }, options.dataDir === undefined);
}

async function start(options: Options & { dataDir: string }, temporary: boolean): Promise<TestStack> {
	const { dataDir, parts, variables, engine } = options;
	const settings = { ...readSettings({ ...plainEnvironment, PORT: '0', DATA_DIR: dataDir }), dynamo: { engine } };
	const stack = await startStack(settings, { parts, variables, step: (_what, work) => work() });
	const stop = async () => {
		await stack.stop();
		if (temporary) rmSync(dataDir, { recursive: true, force: true });
	};
	return { ...stack, dataDir, stop, restart: () => start(options, temporary) };
}

/** What test files learn of a shared stack: it crosses a process border, so it is data alone. */
export type Addresses = Pick<Stack, 'url' | 'cardsUrl' | 'dynamo' | 's3' | 'executor' | 'admin'>;

export function addressesOf({ url, cardsUrl, dynamo, s3, executor, admin }: Stack): Addresses {
	return { url, cardsUrl, dynamo, s3, executor, admin };
}
