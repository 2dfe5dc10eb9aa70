// @ts-check
// Where things lie. What a checkout needs once (Python environment, builds) is under `.data/`, whatever DATA_DIR says,
// so that tests with a data folder of their own find it made.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const modules = join(root, 'node_modules');
export const shared = join(root, '.data');
export const builds = join(shared, 'builds');
export const executorFolder = join(root, 'executor-container');

const bin = process.platform === 'win32' ? 'Scripts' : 'bin';
export const uvFolder = join(shared, 'uv');
export const venvFolder = join(shared, 'venv');
export const fuzzerFolder = join(shared, 'fuzzer');

/** @param {string} folder a virtual environment @param {string} name a program in it */
export const inVenv = (folder, name) => join(folder, bin, name);
export const python = inVenv(venvFolder, 'python');
