// @ts-check
// `npm test [-- suite ...]`: sets up what `npm start` sets up, runs the suites on free ports in data folders of their own, and
// ends with one line, `N passed, N failed`, and exit code 0 only when nothing failed.
import { ensureNode, ensurePackages } from './lib/setup/node-packages.js';
import { Problem, runCommand } from './lib/problem.js';
import { ensurePython } from './lib/setup/python.js';

await runCommand(async () => {
	await ensurePackages();
	await ensureNode();
	await ensurePython();
	// Of what was just installed.
	const [{ suites, runSuites }, { ensureTypes }] = await Promise.all([
		import('./lib/suites.js'),
		import('./lib/setup/types.js'),
	]);
	const wanted = process.argv.slice(2);
	const unknown = wanted.find((name) => !suites.some((suite) => suite.name === name));
	if (unknown)
		throw new Problem(`There is no suite "${unknown}"; there are ${suites.map((suite) => suite.name).join(', ')}.`);
	await ensureTypes();
	const { passed, failed } = await runSuites(
		wanted.length > 0 ? suites.filter((suite) => wanted.includes(suite.name)) : suites,
	);
	console.log(`${passed} passed, ${failed} failed`);
	return failed > 0 ? 1 : 0;
});
