// Row policies of a dataset: its owners say which rows whom is shown. They hold before any card's code runs.
import type { z } from 'zod';
import type { RowPolicies, RowPolicy, rowPoliciesRef, rowPoliciesUpdate } from '$lib/contracts/row-policy';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { AppError, notFound, refuseProblems } from '../../errors';
import { isId } from '../../ids';
import { ConditionFailed } from '../../infra/dynamo/port';
import * as datasets from '../dataset/repository';
import * as shares from '../share/service';
import { forgetDataset } from '../usage/service';
import { fromStored, problemsOf, toStored } from './rules';

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
	const names = await named(deps, policies);
	policies.forEach(({ rules }, position) =>
		rules.forEach(({ principalType, principalId }, at) => {
			if (!isId(principalType, principalId) || !names.has(principalId))
				problems[`policies.${position}.rules.${at}.principalId`] =
					principalType === 'user' ? 'is nobody' : 'is not a group';
		}),
	);
	refuseProblems(problems);
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
	const names = await named(deps, policies);
	return {
		revision: item.revision,
		policies: policies.map(({ column, rules }) => ({
			column,
			columnExists: columns.has(column),
			rules: rules.map((rule) => ({ ...rule, principalName: names.get(rule.principalId)?.name ?? rule.principalId })),
		})),
	};
}

/** Whom rules name, as far as they are there, by id. */
function named(deps: RowPolicyDeps, policies: readonly RowPolicy[]) {
	const targets = policies.flatMap(({ rules }) =>
		rules.map(({ principalType: sharedToType, principalId: sharedToId }) => ({ sharedToType, sharedToId })),
	);
	return shares.namesOf(deps, targets);
}
