// Lint of Svelte components; TypeScript and JavaScript are oxlint's.
import svelte from 'eslint-plugin-svelte';
import typescript from 'typescript-eslint';

export default [
	{ ignores: ['**/*', '!src/', '!src/**/', '!src/**/*.svelte', '!src/**/*.svelte.ts'] },
	...svelte.configs.recommended,
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { parser: typescript.parser } },
		rules: {
			// Cardinal is served from the root of its host, and a collection that nothing renders need not be reactive.
			'svelte/no-navigation-without-resolve': 'off',
			'svelte/no-unused-svelte-ignore': 'off', // svelte-check warns of more than this knows
			'svelte/prefer-svelte-reactivity': 'off',
		},
	},
];
