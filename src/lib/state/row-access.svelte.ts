// Which rows of a dataset whom is shown, as its dialog works on it: everything is changed here first and saved at once.
import type { Client } from '$lib/client';
import type { ColumnValues, DatasetDetail } from '$lib/contracts/dataset';
import type { FilterValue } from '$lib/contracts/filter';
import type { RowPolicies, RowRule } from '$lib/contracts/row-policy';
import { m } from '$lib/paraglide/messages';
import { codeOf, fieldsOf, sentenceOf } from './failures';
import type { Candidate } from './sharing.svelte';

/** Whom a rule is for, and the values of the column that they see; null until some are chosen. */
export interface DraftRule {
	type: RowRule['principalType'];
	id: string;
	name: string;
	value: FilterValue;
}

export class DraftPolicy {
	readonly column: string;
	/** False when the data have the column no more. */
	readonly columnExists: boolean;
	rules = $state.raw<DraftRule[]>([]);

	constructor(column: string, columnExists = true) {
		this.column = column;
		this.columnExists = columnExists;
	}

	add(picked: readonly Candidate[]): void {
		const known = new Set(this.rules.map(({ id }) => id));
		const added = picked.filter(({ id }) => !known.has(id));
		this.rules = [...this.rules, ...added.map(({ type, id, name }): DraftRule => ({ type, id, name, value: null }))];
	}
	change(id: string, value: FilterValue): void {
		this.rules = this.rules.map((rule) => (rule.id === id ? { ...rule, value } : rule));
	}
	remove(id: string): void {
		this.rules = this.rules.filter((rule) => rule.id !== id);
	}
}

/** Types whose values can be named in a policy. */
const NAMEABLE = new Set(['string', 'int64', 'bool', 'date']);

export class RowAccess {
	policies = $state.raw<DraftPolicy[]>([]);
	loaded = $state(false);
	readonly dataset: Pick<DatasetDetail, 'datasetId' | 'name' | 'schema'>;
	readonly #client: Client;
	readonly #values = new Map<string, Promise<ColumnValues>>();
	#revision = 0;

	constructor(dataset: RowAccess['dataset'], client: Client) {
		this.dataset = dataset;
		this.#client = client;
	}

	/** Columns that have no policy yet and can have one. */
	get freeColumns(): string[] {
		const taken = new Set(this.policies.map(({ column }) => column));
		return this.dataset.schema
			.filter(({ name, type }) => NAMEABLE.has(type) && !taken.has(name))
			.map(({ name }) => name);
	}

	/** A rule without values says nothing, so it keeps the whole from being saved. */
	get unfinished(): boolean {
		return this.policies.some(({ rules }) => rules.some(({ value }) => value === null));
	}

	/** The values of a column with their counts. @throws ApiError */
	async valuesOf(
		column: string,
	): Promise<{ values: { value: string; count: number }[]; nullCount: number; truncated: boolean }> {
		const { datasetId } = this.dataset;
		let asked = this.#values.get(column);
		if (!asked) this.#values.set(column, (asked = this.#client.datasets.values.query({ datasetId, column })));
		const { values, nullCount, truncated } = await asked;
		return { values: values.map(({ value, count }) => ({ value: String(value), count })), nullCount, truncated };
	}

	/** @returns a sentence when it failed */
	async load(): Promise<string | null> {
		try {
			this.#take(await this.#client.rowPolicies.get.query({ datasetId: this.dataset.datasetId }));
			return null;
		} catch (caught) {
			return sentenceOf(caught);
		}
	}

	add(column: string): void {
		this.policies = [...this.policies, new DraftPolicy(column)];
	}
	remove(column: string): void {
		this.policies = this.policies.filter((policy) => policy.column !== column);
	}

	/** @returns a sentence when it failed */
	async save(): Promise<string | null> {
		const { datasetId } = this.dataset;
		const policies = this.policies.map(({ column, rules }) => ({ column, rules: rules.map(ruleOf) }));
		try {
			this.#take(await this.#client.rowPolicies.replace.mutate({ datasetId, policies, revision: this.#revision }));
			return null;
		} catch (caught) {
			if (codeOf(caught) === 'REVISION_CONFLICT') return m.rows_conflict();
			return Object.values(fieldsOf(caught))[0] ?? sentenceOf(caught);
		}
	}

	#take({ policies, revision }: RowPolicies): void {
		this.#revision = revision;
		this.policies = policies.map(({ column, columnExists, rules }) => {
			const policy = new DraftPolicy(column, columnExists);
			policy.rules = rules.map(
				({ principalType: type, principalId: id, principalName: name, values, includeNull }) => ({
					type,
					id,
					name,
					value: { values, includeNull },
				}),
			);
			return policy;
		});
		this.loaded = true;
	}
}

function ruleOf({ type, id, value }: DraftRule): RowRule {
	const given = Array.isArray(value)
		? { values: value, includeNull: false }
		: (value as { values: string[]; includeNull?: boolean });
	return {
		principalType: type,
		principalId: id,
		values: given.values.flatMap((one) => (one === null ? [] : [one])),
		includeNull: given.includeNull ?? false,
	};
}
