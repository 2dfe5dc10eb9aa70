import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './imports';

const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const namesIn = (locale: string) => readdirSync(join(root, 'messages', locale)).sort();
const settings = read('project.inlang/settings.json');

test('every file of messages is listed in the settings', () => {
	const listed: string[] = settings['plugin.inlang.messageFormat'].pathPattern;
	expect(namesIn('en').map((name) => `./messages/{locale}/${name}`)).toEqual([...listed].sort());
});

test('every message is there in every language', () => {
	for (const name of namesIn('en')) {
		for (const locale of settings.locales) {
			expect(Object.keys(read(`messages/${locale}/${name}`)).sort(), `${locale}/${name}`).toEqual(
				Object.keys(read(`messages/en/${name}`)).sort(),
			);
		}
	}
});

test('a message takes the same values in every language', () => {
	const values = (text: unknown) => [...new Set(JSON.stringify(text).match(/\{\w+\}/g) ?? [])].sort();
	for (const name of namesIn('en')) {
		const [english, japanese] = [read(`messages/en/${name}`), read(`messages/ja/${name}`)];
		for (const key of Object.keys(english).filter((one) => one !== '$schema')) {
			expect(values(japanese[key]), `${name}: ${key}`).toEqual(values(english[key]));
		}
	}
});
