// The code editor itself: CodeMirror with Python, our tokens, completions and a mark on the line that failed.
// Loaded when a page with an editor opens, never with a viewer's page. Knows no card.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { python } from '@codemirror/lang-python';
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import {
	drawSelection,
	EditorView,
	highlightActiveLine,
	highlightSpecialChars,
	keymap,
	lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { completeFrom, type Names } from './completions';

export interface Problem {
	/** From 1, in the code. */
	line: number;
	message: string;
}

export interface EditorOptions {
	parent: HTMLElement;
	doc: string;
	/** Where somebody is writing already; null when nobody is. */
	cursor: { anchor: number; head: number } | null;
	/** Its name for screen readers, and how the keyboard gets out of it. */
	label: string;
	hint: string;
	language: 'python' | 'markdown';
	/** What completions may offer, asked for at each one. */
	names: () => Names;
	onchange: (doc: string) => void;
	onrun: () => void;
	onsave: () => void;
}

/** The editor's side of a page: what a component may do to it. */
export interface CodeView {
	/** Replaces the text, undoable, unless it is what stands there. */
	setDoc(doc: string): void;
	setLanguage(language: 'python' | 'markdown'): void;
	/** Marks a line with its message; null takes the mark away. */
	setProblem(problem: Problem | null): void;
	/** Puts the cursor on a line and shows it. */
	goTo(line: number): void;
	destroy(): void;
}

/** Makes an editor in `parent`. Tab indents; Escape, then Tab, leaves it, as CodeMirror's own help says. */
export function createEditor(options: EditorOptions): CodeView {
	const language = new Compartment();
	const view = new EditorView({
		parent: options.parent,
		state: EditorState.create({
			doc: options.doc,
			...(options.cursor && { selection: options.cursor }),
			extensions: [language.of(languageOf(options)), behaviour(options), look],
		}),
	});
	if (options.cursor) view.focus();
	return {
		setDoc(doc) {
			if (doc === view.state.doc.toString()) return;
			view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: doc } });
		},
		setLanguage(next) {
			view.dispatch({ effects: language.reconfigure(languageOf({ ...options, language: next })) });
		},
		setProblem(problem) {
			view.dispatch(setDiagnostics(view.state, problem ? [diagnostic(view, problem)] : []));
		},
		goTo(line) {
			const { from } = view.state.doc.line(clampLine(view, line));
			view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
			view.focus();
		},
		destroy: () => view.destroy(),
	};
}

function languageOf({ language, names }: Pick<EditorOptions, 'language' | 'names'>): Extension {
	if (language === 'markdown') return EditorView.lineWrapping;
	return [python(), autocompletion({ override: [completeFrom(names)], icons: false })];
}

function behaviour({ label, hint, onchange, onrun, onsave }: EditorOptions): Extension {
	const run = () => (onrun(), true);
	const save = () => (onsave(), true);
	return [
		lineNumbers(),
		history(),
		highlightSpecialChars(),
		drawSelection(),
		EditorState.allowMultipleSelections.of(true),
		indentOnInput(),
		indentUnit.of('    '),
		bracketMatching(),
		closeBrackets(),
		highlightActiveLine(),
		lintGutter(),
		keymap.of([
			{ key: 'Mod-Enter', run, preventDefault: true },
			{ key: 'Mod-s', run: save, preventDefault: true },
			...closeBracketsKeymap,
			...completionKeymap,
			...historyKeymap,
			indentWithTab,
			...defaultKeymap,
		]),
		EditorView.contentAttributes.of({
			'aria-label': label,
			'aria-description': hint,
			tabindex: '0',
			spellcheck: 'false',
			autocapitalize: 'off',
			autocorrect: 'off',
		}),
		EditorView.updateListener.of((update) => {
			if (update.docChanged) onchange(update.state.doc.toString());
		}),
	];
}

function clampLine(view: EditorView, line: number): number {
	return Math.min(Math.max(1, line), view.state.doc.lines);
}

/** The code of the line without its indent. */
function diagnostic(view: EditorView, { line, message }: Problem) {
	const { from, to, text } = view.state.doc.line(clampLine(view, line));
	const indent = text.length - text.trimStart().length;
	return { from: from + indent, to, severity: 'error' as const, message };
}

const look: Extension = [
	syntaxHighlighting(
		HighlightStyle.define([
			{ tag: [tags.keyword, tags.bool, tags.null, tags.operatorKeyword], color: 'var(--code-keyword)' },
			{ tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
			{ tag: tags.number, color: 'var(--code-number)' },
			{
				tag: [
					tags.function(tags.variableName),
					tags.function(tags.propertyName),
					tags.function(tags.definition(tags.variableName)),
				],
				color: 'var(--code-call)',
			},
			{ tag: tags.comment, color: 'var(--code-comment)' },
		]),
	),
	EditorView.theme({
		'&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--raised)', font: 'var(--t-code)' },
		'&.cm-focused': { outline: 'none' },
		'.cm-scroller': { font: 'inherit', lineHeight: '20px' },
		'.cm-content': { padding: '8px 0', caretColor: 'var(--text)' },
		'.cm-cursor': { borderLeftColor: 'var(--text)' },
		'.cm-gutters': { backgroundColor: 'var(--raised)', color: 'var(--faint)', border: '0', paddingRight: '8px' },
		'.cm-lineNumbers .cm-gutterElement': { minWidth: '32px' },
		'.cm-activeLine': { backgroundColor: 'color-mix(in oklab, var(--hover) 50%, transparent)' },
		'&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
			backgroundColor: 'var(--selected)',
		},
		'.cm-matchingBracket': { backgroundColor: 'var(--selected) !important', outline: '0' },
		'.cm-lint-marker-error': {
			content: 'normal',
			width: '8px',
			height: '8px',
			marginTop: '4px',
			borderRadius: '50%',
			backgroundColor: 'var(--danger)',
		},
		'.cm-lintRange-error': {
			backgroundImage: 'none',
			textDecoration: 'underline wavy var(--danger) 1px',
			textUnderlineOffset: '4px',
		},
		'.cm-line:has(.cm-lintRange-error)': {
			backgroundColor: 'var(--danger-soft)',
			boxShadow: 'inset 2px 0 var(--danger)',
		},
		'.cm-tooltip': {
			border: '0',
			borderRadius: 'var(--r)',
			backgroundColor: 'var(--raised)',
			boxShadow: 'var(--shadow)',
			overflow: 'hidden',
		},
		'.cm-tooltip.cm-tooltip-autocomplete > ul': { font: 'var(--t-code)', padding: '4px' },
		'.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px', borderRadius: '5px' },
		'.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--selected)', color: 'var(--text)' },
		'.cm-completionDetail': { marginLeft: '12px', color: 'var(--muted)', fontStyle: 'normal' },
		'.cm-diagnostic-error': { borderLeft: '2px solid var(--danger)', padding: '4px 8px', font: 'var(--t-12)' },
	}),
];
