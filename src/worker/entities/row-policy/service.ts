// Row policies of a dataset: its owners say which rows whom is shown. They hold before any card's code runs.
import type { z } from 'zod';
import type { RowPolicies, RowRule, rowPoliciesRef, rowPoliciesUpdate } from '$lib/contracts/row-policy';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { AppError, invalid, notFound } from '../../errors';
import { isId } from '../../ids';
import { ConditionFailed, type KeyOf } from '../../infra/dynamo/port';
import * as datasets from '../dataset/repository';
import { forgetDataset } from '../usage/service';
import { fromStored, principalOf, problemsOf, toStored } from './rules';

type RowPolicyDeps = Pick<Deps, 'access' | 'audit' | 'dynamo' | 'now'>;

/** The policies, with the names of whom they name. */
export async function get(
	deps: RowPolicyDeps,
	actor: Actor,
	{ datasetId }: z.infer<typeof rowPoliciesRef>,
): Promise<RowPolicies> {
	const { item } = await deps.access.require(actor, 'dataset.share', datasetId);
	return describe(deps, item);
}

/**
 * Replaces them all. It holds at once in this location, everywhere within the access TTL.
 * @throws AppError VALIDATION_ERROR naming what is wrong, also for a person or group that is not there · REVISION_CONFLICT
 */
export async function replace(
	deps: RowPolicyDeps,
	actor: Actor,
	{ datasetId, policies, revision }: z.infer<typeof rowPoliciesUpdate>,
): Promise<RowPolicies> {
	const { item } = await deps.access.require(actor, 'dataset.share', datasetId);
	const problems = problemsOf(policies, item.schema);
	const names = await namesOf(
		deps,
		policies.flatMap(({ rules }) => rules),
	);
	policies.forEach(({ rules }, position) =>
		rules.forEach((rule, at) => {
			if (!names.has(principalOf(rule)))
				problems[`policies.${position}.rules.${at}.principalId`] =
					rule.principalType === 'user' ? 'is nobody' : 'is not a group';
		}),
	);
	if (Object.keys(problems).length > 0) throw invalid(problems);
	try {
		const write = { rowPolicies: toStored(policies), revision, now: deps.now() };
		const changed = await datasets.setRowPolicies(deps.dynamo, datasetId, write);
		await forgetDataset(deps, datasetId);
		// Which columns, and not the values: those are rows.
		const columns = policies.map(({ column }) => column);
		const on = { type: 'dataset', id: datasetId } as const;
		await deps.audit.record({ action: 'ROW_POLICIES_CHANGED', by: actor, on, details: { columns } });
		return await describe(deps, changed);
	} catch (error) {
		if (!(error instanceof ConditionFailed)) throw error;
		if (!error.current) throw notFound(`${datasetId} went meanwhile`);
		throw new AppError('REVISION_CONFLICT', {
			details: { current: await describe(deps, datasets.parse(error.current)) },
		});
	}
}

async function describe(deps: RowPolicyDeps, item: datasets.DatasetItem): Promise<RowPolicies> {
	const policies = fromStored(item.rowPolicies);
	const columns = new Set(item.schema.map(({ name }) => name));
	const names = await namesOf(
		deps,
		policies.flatMap(({ rules }) => rules),
	);
	return {
		revision: item.revision,
		policies: policies.map(({ column, rules }) => ({
			column,
			columnExists: columns.has(column),
			rules: rules.map((rule) => ({ ...rule, principalName: names.get(principalOf(rule)) ?? rule.principalId })),
		})),
	};
}

const PLACES = { user: { table: 'users', key: 'userId' }, group: { table: 'groups', key: 'groupId' } } as const;

/** The names of those that are there, by principal. One round trip for a hundred. */
async function namesOf(deps: RowPolicyDeps, rules: readonly RowRule[]): Promise<Map<string, string>> {
	const named = [...new Map(rules.map((rule) => [principalOf(rule), rule])).values()].filter(
		({ principalType, principalId }) => isId(principalType, principalId),
	);
	if (named.length === 0) return new Map();
	const keys = named.map(({ principalType, principalId }): KeyOf => {
		const { table, key } = PLACES[principalType];
		return { table, key: { [key]: principalId } };
	});
	const items = await deps.dynamo.batchGet(keys, { users: ['name'], groups: ['name'] });
	return new Map(
		named.flatMap((rule, position): [string, string][] => {
			const item = items[position];
			return item ? [[principalOf(rule), String(item['name'])]] : [];
		}),
	);
}
