// @ts-check
// The suites of `npm test`, the quick ones first, and what came of each, read from the reports that vitest and pytest write.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runContainerSuite } from './container-suite.js';
import { endAbandoned } from './services/leftovers.js';
import { executorFolder, modules, python, root } from './paths.js';
import { Problem } from './problem.js';
import { step } from './progress.js';
import { runInTerminal } from './run.js';
import { Unavailable } from './setup/engine.js';
import { readSettings } from './settings.js';
import { startStack } from './stack.js';

/** Data folders of tests begin like this, so that what a killed run left behind can be found. */
export const TEST_FOLDER = join(tmpdir(), 'cardinal-test-');

/** @typedef {{ passed: number, failed: number, skipped?: string }} Counts `skipped`: why none of it can run on this machine */
/** @typedef {{ name: string, needsProduct?: boolean, run: (report: string, env: NodeJS.ProcessEnv) => Promise<Counts> }} Suite */

/** @type {Suite[]} */
export const suites = [
	{ name: 'unit', run: runVitest('unit') },
	{ name: 'architecture', run: runVitest('architecture') },
	{ name: 'docs', run: runVitest('docs') },
	{ name: 'executor', run: runPytest },
	{ name: 'integration', run: runVitest('integration') },
	{ name: 'fuzz', run: runVitest('fuzz') },
	{ name: 'contract', needsProduct: true, run: runVitest('contract') },
	{ name: 'e2e', needsProduct: true, run: runVitest('e2e') },
	{ name: 'container', run: runContainer },
];

/** @param {Suite[]} wanted @returns {Promise<Counts>} summed up */
export async function runSuites(wanted) {
	const folder = mkdtempSync(TEST_FOLDER);
	const sum = { passed: 0, failed: 0 };
	/** @type {import('./stack.js').Stack | undefined} */
	let product;
	await endAbandoned(TEST_FOLDER);
	try {
		for (const suite of wanted) {
			console.log(`\n── ${suite.name} ──`);
			if (suite.needsProduct) product ??= await startProduct(join(folder, 'product'));
			const { passed, failed, skipped } = await suite.run(join(folder, `${suite.name}.report`), environment(product));
			console.log(`${suite.name}: ${skipped ? `skipped (${skipped})` : `${passed} passed, ${failed} failed`}`);
			sum.passed += passed;
			sum.failed += failed;
		}
	} finally {
		await product?.stop();
		rmSync(folder, { recursive: true, force: true });
	}
	return sum;
}

/** One product for all suites that only talk to one. @param {string} dataDir */
function startProduct(dataDir) {
	const { PATH, HOME, LANG, TMPDIR } = process.env;
	return startStack(readSettings({ PATH, HOME, LANG, TMPDIR, PORT: '0', DATA_DIR: dataDir }), { step });
}

/** @param {import('./stack.js').Stack | undefined} product @returns {NodeJS.ProcessEnv} */
function environment(product) {
	if (!product) return process.env;
	const { url, cardsUrl, dynamo, s3, executor, admin } = product;
	return { ...process.env, CARDINAL_TEST_PRODUCT: JSON.stringify({ url, cardsUrl, dynamo, s3, executor, admin }) };
}

/** @param {string} project @returns {Suite['run']} */
function runVitest(project) {
	return async (report, env) => {
		const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
		const args = [join(modules, 'vitest/vitest.mjs'), 'run', '--project', project, ...reporters];
		const code = await runInTerminal(process.execPath, args, { cwd: root, env });
		const { numPassedTests = 0, numFailedTests = 0 } = existsSync(report)
			? JSON.parse(readFileSync(report, 'utf8'))
			: {};
		return judge(project, code, { passed: numPassedTests, failed: numFailedTests });
	};
}

/** @type {Suite['run']} */
async function runPytest(report, env) {
	const code = await runInTerminal(python, ['-m', 'pytest', '-q', `--junitxml=${report}`], {
		cwd: executorFolder,
		env,
	});
	return judge('executor', code, countsOf(report));
}

/** @type {Suite['run']} */
async function runContainer(report) {
	try {
		const code = await runContainerSuite(report);
		return judge('container', code, countsOf(report));
	} catch (error) {
		if (error instanceof Unavailable) return { passed: 0, failed: 0, skipped: error.message };
		console.error(error instanceof Problem ? error.message : error);
		return { passed: 0, failed: 1 };
	}
}

/** @param {string} report pytest's, as JUnit's XML @returns {Counts} */
function countsOf(report) {
	const attributes = existsSync(report) ? (readFileSync(report, 'utf8').match(/<testsuite [^>]*>/)?.[0] ?? '') : '';
	const count = (/** @type {string} */ name) => Number(attributes.match(new RegExp(` ${name}="(\\d+)"`))?.[1] ?? 0);
	const failed = count('failures') + count('errors');
	return { passed: count('tests') - failed - count('skipped'), failed };
}

/**
 * A suite that crashed, or in which nothing ran, has failed once, whatever its report says.
 * @param {string} name @param {number} code of exit @param {Counts} counts @returns {Counts}
 */
function judge(name, code, { passed, failed }) {
	if (passed + failed === 0) console.error(`${name}: no test ran`);
	else if (code !== 0 && failed === 0) console.error(`${name}: ended with code ${code} though no test failed`);
	else return { passed, failed };
	return { passed, failed: 1 };
}
