// @ts-check
// A Chromium for tests and screenshots: the system's when it has one, else the one of npm's `@sparticuz/chromium`, unpacked
// once. That package's own flags switch the web's security off (`--disable-web-security` and its like), so none is taken over.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { modules, shared } from '../paths.js';
import { run } from '../run.js';

const FLAGS = [
	'--no-sandbox',
	'--no-zygote',
	'--disable-dev-shm-usage',
	'--disable-background-networking',
	'--font-render-hinting=none',
];

/**
 * @typedef {object} BrowserProgram for playwright's `chromium.launch`
 * @property {string} executablePath
 * @property {string[]} args
 * @property {Record<string, string>} env
 */

/** @returns {Promise<BrowserProgram>} */
export async function findChromium() {
	const { HOME = '', PATH = '', LANG = 'C.UTF-8', TMPDIR = '/tmp' } = process.env;
	const env = { HOME, PATH, LANG, TMPDIR };
	const installed = PATH.split(delimiter)
		.map((folder) => join(folder, 'chromium'))
		.find(existsSync);
	if (installed) return { executablePath: installed, args: FLAGS, env };
	const folder = await unpack();
	return {
		executablePath: join(folder, 'chromium'),
		args: FLAGS,
		env: { ...env, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_PATH: join(folder, 'fonts') },
	};
}

/** @returns {Promise<string>} the folder of the unpacked browser */
async function unpack() {
	const { version } = JSON.parse(readFileSync(join(modules, '@sparticuz/chromium/package.json'), 'utf8'));
	const folder = join(shared, `chromium-${version}`);
	if (existsSync(folder)) return folder;
	mkdirSync(shared, { recursive: true });
	const beside = mkdtempSync(join(shared, '.chromium-'));
	// It unpacks to the system's temporary folder and, unless it takes this for a Lambda, leaves its libraries out.
	const script = "import('@sparticuz/chromium').then((module) => module.default.executablePath())";
	await run(process.execPath, ['--input-type=module', '-e', script], {
		cwd: modules,
		env: { ...process.env, TMPDIR: beside, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' },
		failed: 'Chromium could not be unpacked',
	});
	writeFileSync(join(beside, 'fonts', 'fonts.conf'), fontsConfiguration(join(folder, 'fonts')));
	try {
		renameSync(beside, folder);
	} catch (error) {
		rmSync(beside, { recursive: true, force: true });
		if (!existsSync(folder)) throw error; // else another process was faster
	}
	return folder;
}

/** The package's own looks in /tmp/fonts; the system's fonts are wanted too, for Japanese. @param {string} folder */
function fontsConfiguration(folder) {
	const folders = [folder, '/usr/share/fonts', '/usr/local/share/fonts'].map((path) => `<dir>${path}</dir>`);
	return `<?xml version="1.0"?><fontconfig>${folders.join('')}<cachedir>${folder}/cache</cachedir></fontconfig>\n`;
}
