// @ts-check
// How messages are compiled: one set of options for the build, the checks and the tests.

/** @type {import('@inlang/paraglide-js').CompilerOptions} */
export const paraglide = {
	project: './project.inlang',
	outdir: './src/lib/paraglide',
	strategy: ['cookie', 'preferredLanguage', 'baseLocale'],
	cookieName: 'locale',
	outputStructure: 'message-modules',
	emitTsDeclarations: true, // else its JavaScript is checked as ours
	emitReadme: false,
	emitGitIgnore: false,
	emitPrettierIgnore: false,
};
