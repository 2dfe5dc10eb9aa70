// @ts-check
// A Docker engine for the suite of the executor's image: found, never installed. `.ci/engine` brings one on a machine of its own.
import { spawnSync } from 'node:child_process';
import { executorFolder } from '../paths.js';
import { run } from '../run.js';

export const IMAGE = 'cardinal-executor:test';
/** Docker hands these to a build without writing them into the image. */
const PROXIES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
/** What a build says when it cannot get its packages, which is nothing that the Dockerfile could mend. */
const UNREACHABLE =
	/Could not fetch URL|No matching distribution found|Temporary failure resolving|Unable to fetch some archives|Failed to fetch|pull access denied|failed to resolve|registry-1\.docker\.io|Client\.Timeout|no such host/i;

/** An image that cannot be had on this machine, as opposed to one that is wrong. */
export class Unavailable extends Error {}

/** @throws {Unavailable} saying why no engine can be used here */
export function requireEngine() {
	if (process.env.CARDINAL_NO_ENGINE) throw new Unavailable(process.env.CARDINAL_NO_ENGINE);
	if (process.platform === 'win32') throw new Unavailable('its tests are run from Linux and macOS');
	const { error, status } = docker('info');
	if (error) throw new Unavailable('no docker program on PATH');
	if (status !== 0) throw new Unavailable('no Docker engine answers');
}

/**
 * Builds the executor's image from its Dockerfile.
 * @returns {Promise<string>} its name
 * @throws {Unavailable} when the base image or the packages cannot be reached
 */
export async function buildImage() {
	const proxies = PROXIES.filter((name) => process.env[name]).flatMap((name) => ['--build-arg', name]);
	try {
		await run('docker', ['build', ...network(), ...proxies, '--tag', IMAGE, executorFolder], {
			failed: 'The image of the executor could not be built',
			lines: 40,
		});
	} catch (error) {
		const [reason] = /** @type {Error} */ (error).message.split('\n').filter((line) => UNREACHABLE.test(line));
		throw reason ? new Unavailable(`the image could not be built: ${reason.trim()}`) : error;
	}
	return IMAGE;
}

/** An engine without a bridge builds on the machine's own network. */
function network() {
	return docker('network', 'ls', '--quiet', '--filter', 'driver=bridge').stdout.trim() ? [] : ['--network=host'];
}

/** @param {string[]} args */
export function docker(...args) {
	return spawnSync('docker', args, { encoding: 'utf8', timeout: 60_000 });
}
