// @ts-check
// The suite `container`: the executor's image, built and run as in production. One container of it serves; a second one, which
// has the tests mounted and shares the first one's network, asks it, attacks the jail that it gets there, and kills what runs.
import { chmodSync, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildImage, docker, requireEngine } from './setup/engine.js';
import { executorFolder, python } from './paths.js';
import { step } from './progress.js';
import { run, runInTerminal } from './run.js';

/** As strict as a host can be; the cache and what tests keep are all that is written. */
const STRICT = words(
	`--read-only --cap-drop ALL --security-opt no-new-privileges --pids-limit 512 --memory 6g
	--tmpfs /tmp:size=512m,mode=1777 --mount type=volume,dst=/var/cache/executor`,
);
const TESTS = ['container', 'test_attacks.py', 'test_compat.py', 'test_faults.py'].map((name) => `tests/${name}`);
const SECRET = 'test-secret-' + '0123456789abcdef'.repeat(2); // that of the tests' client

/**
 * @param {string} report where the tests write theirs, as JUnit's XML
 * @returns {Promise<number>} pytest's exit code
 * @throws {import('./setup/engine.js').Unavailable} when this machine has no engine that can build the image
 */
export async function runContainerSuite(report) {
	requireEngine();
	const image = await step('Building the image of the executor', buildImage);
	const size = Number(docker('image', 'inspect', '--format', '{{.Size}}', image).stdout);
	console.log(`Its size: ${(size / 1e9).toFixed(2)} GB`);
	const start = [...words(`run --detach --network none --env EXECUTOR_SECRET=${SECRET}`), ...STRICT, image];
	const serving = (await run('docker', start)).trim();
	try {
		const code = await runTests(serving, image, report);
		if (code !== 0) console.error(docker('logs', '--tail', '20', serving).stdout);
		return code;
	} finally {
		docker('rm', '--force', '--volumes', serving);
	}
}

/** @param {string} serving the first container's id @param {string} image @param {string} report */
async function runTests(serving, image, report) {
	const folder = `${report}.container`;
	mkdirSync(folder);
	chmodSync(folder, 0o777); // the container's user is nobody's on this machine
	const shown = ['tests', 'conftest.py', 'pyproject.toml'].map((name) => [
		join(executorFolder, name),
		`/opt/executor/${name}`,
	]);
	const lent = (await pytestFiles()).map((file) => [file, `/opt/pytest/${basename(file)}`]);
	const args = [
		...words(`run --rm --network container:${serving}`),
		...STRICT,
		...[...shown, ...lent].flatMap(([from, to]) => ['--volume', `${from}:${to}:ro`]),
		'--volume',
		`${folder}:/report`,
		...words('--env PYTHONPATH=/opt/pytest --env EXECUTOR_IMAGE_URL=http://127.0.0.1:8000'),
		...words(`--entrypoint /usr/bin/tini ${image} -- /opt/venv/bin/python -m pytest -q -p no:cacheprovider`),
		'--junitxml=/report/junit.xml',
		...TESTS,
	];
	const code = await runInTerminal('docker', args);
	if (existsSync(join(folder, 'junit.xml'))) copyFileSync(join(folder, 'junit.xml'), report);
	return code;
}

/** Files and folders of pytest and what it needs, in the environment of the checkout: none of it is in the image. */
async function pytestFiles() {
	const script = `from importlib.metadata import distribution
for name in ("pytest", "pluggy", "iniconfig", "pygments"):
    package = distribution(name)
    for top in sorted({file.parts[0] for file in package.files} - {"..", "__pycache__"}):
        print(package.locate_file(top))`;
	return (await run(python, ['-c', script])).trim().split('\n');
}

/** @param {string} text */
function words(text) {
	return text.split(/\s+/);
}
