import { beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '$lib/contracts/common';
import { SavedDraft } from '$lib/components/editor/saved-draft.svelte';

interface Note {
	revision: number;
	name: string;
	code: string;
	params: Record<string, Json>;
}

const refusal = (code: string, details?: object) => Object.assign(new Error('said the server'), { code, details });

/** What is stored, with what may happen while it is. */
let stored: Note | null;
let meanwhile: () => void;
let calls: number;

class NoteDraft extends SavedDraft<Note> {
	constructor() {
		super();
		this.settle();
	}
	get title(): string {
		return this.name || 'Untitled';
	}
	protected get state(): string {
		return JSON.stringify([this.name, this.code, this.params.text]);
	}
	protected override get lacks(): Record<string, string> {
		return this.code === '' ? { code: 'is needed' } : {};
	}
	protected async store(params: Record<string, Json>, over = this.saved?.revision): Promise<Note> {
		calls += 1;
		const { name, code } = this;
		meanwhile();
		if (this.saved && over !== stored?.revision) throw refusal('REVISION_CONFLICT', { current: stored });
		stored = { revision: (this.saved ? (stored?.revision ?? 0) : 0) + 1, name, code, params };
		return stored;
	}
	protected async removeSaved(): Promise<void> {
		meanwhile();
		stored = null;
	}
}

let draft: NoteDraft;
beforeEach(async () => {
	[stored, meanwhile, calls] = [null, () => {}, 0];
	draft = new NoteDraft();
	Object.assign(draft, { name: 'First', code: 'x = 1' });
});

describe('what is written', () => {
	test('differs from what is saved until it is saved', async () => {
		expect(draft.dirty).toBe(true);
		expect(await draft.save()).toEqual({ saved: stored });
		expect([draft.dirty, draft.saving, draft.saved]).toEqual([false, false, stored]);
		draft.code = 'x = 2';
		expect(draft.dirty).toBe(true);
	});

	test('while a save goes on is not taken for saved', async () => {
		meanwhile = () => (draft.code = 'x = 2');
		await draft.save();
		expect([stored?.code, draft.dirty]).toEqual(['x = 1', true]);
	});

	test('is not sent when something is known to be missing, and one save goes on at a time', async () => {
		draft.code = '';
		expect(await draft.save()).toEqual({ refused: true });
		expect([draft.fieldErrors, calls]).toEqual([{ code: 'is needed' }, 0]);
		draft.code = 'x = 1';
		expect(await Promise.all([draft.save(), draft.save()])).toEqual([{ saved: stored }, { refused: true }]);
		expect([draft.fieldErrors, calls]).toEqual([{}, 1]);
	});
});

describe('somebody else’s work', () => {
	beforeEach(async () => {
		await draft.save();
		stored = { ...stored!, revision: 5, name: 'Theirs' };
		await draft.save();
	});

	test('is not overwritten unasked', () => {
		expect([draft.conflict, stored?.name, draft.saveFailure]).toEqual([5, 'Theirs', null]);
	});

	test('is saved over once that was chosen', async () => {
		expect(await draft.save(draft.conflict!)).toEqual({ saved: stored });
		expect([stored?.name, stored?.revision, draft.conflict]).toEqual(['First', 6, null]);
	});

	test('stays beside a copy', async () => {
		await draft.saveCopy('First, copied');
		expect([stored?.name, stored?.revision, draft.conflict]).toEqual(['First, copied', 1, null]);
	});
});

test('a refusal is of what was sent: after a change nothing says that it still stands', async () => {
	expect(draft.refused).toBe(false);
	draft.code = '';
	await draft.save();
	expect(draft.refused).toBe(true);
	draft.code = 'x = 2';
	expect(draft.refused).toBe(false);
	await draft.save();
	expect(draft.refused).toBe(false);
});

test('a refusal names its fields, or is one sentence; so is why something stays', async () => {
	const refuse = (error: Error) => () => {
		throw error;
	};
	meanwhile = refuse(refusal('VALIDATION_ERROR', { fields: { name: 'is too long' } }));
	await draft.save();
	expect([draft.fieldErrors, draft.saveFailure]).toEqual([{ name: 'is too long' }, null]);
	meanwhile = refuse(refusal('BUSY'));
	await draft.save();
	expect([draft.fieldErrors, draft.saveFailure]).toEqual([{}, 'said the server']);
	expect(await draft.remove()).toBeNull();
	meanwhile = () => {};
	await draft.save();
	meanwhile = refuse(refusal('BUSY'));
	expect(await draft.remove()).toBe('said the server');
	meanwhile = () => {};
	expect([await draft.remove(), stored]).toEqual([null, null]);
});
