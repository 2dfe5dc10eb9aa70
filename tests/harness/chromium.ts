// The browser of end-to-end tests.
import { chromium, type Browser, type LaunchOptions } from 'playwright-core';
import { findChromium } from '../../scripts/lib/setup/chromium.js';

/** Launches Chromium with web security on; `args` come after the ones every test needs. */
export async function launchChromium({ args = [], ...options }: LaunchOptions = {}): Promise<Browser> {
	const program = await findChromium();
	return chromium.launch({ ...options, ...program, args: [...program.args, ...args] });
}
