import { expect, test } from 'vitest';
import { justBefore, matches, partitionsOf, wantedOf } from '../../../../../src/worker/entities/audit/rules';

const AT = '2026-11-21T10:00:00.000Z';
const place = `${AT}#0f8c1a`;
const isWithin = (filter: Parameters<typeof wantedOf>[0]) => {
	const { from, to } = wantedOf(filter).range;
	return from <= place && place <= to;
};

test.each([
	[{}, true],
	[{ from: '2026-11-21' }, true],
	[{ to: '2026-11-21' }, true],
	[{ from: '2026-11-22' }, false],
	[{ to: '2026-11-20' }, false],
	[{ from: AT, to: AT }, true],
	[{ from: '2026-11-21T12:00:00+02:00', to: '2026-11-21T12:00:00+02:00' }, true],
	[{ from: '2026-11-21T10:00:00.001Z' }, false],
	[{ to: '2026-11-21T09:59:59.999Z' }, false],
])('an event is within %j: %s', (filter, expected) => {
	expect(isWithin(filter)).toBe(expected);
});

test('one thing or one person is looked up by an index, anything else day by day', () => {
	const days = ['2026-11-21', '2026-11-20'];
	const ofAll = partitionsOf(wantedOf({ action: 'USER_LOGIN' }), days);
	expect(ofAll.map(({ index, name, value }) => [index, name, value])).toEqual(
		days.map((day) => [undefined, 'day', day]),
	);
	expect(partitionsOf(wantedOf({ userId: 'user_1', resourceId: 'dash_2' }), days)).toMatchObject([
		{ index: 'AuditByResource', value: 'dashboard#dash_2' },
	]);
	expect(partitionsOf(wantedOf({ userId: 'user_1' }), days)).toMatchObject([
		{ index: 'AuditByActor', value: 'user_1' },
	]);
});

test('days that end before they begin hold nothing', () => {
	expect(partitionsOf(wantedOf({ from: '2026-11-22', to: '2026-11-21' }), ['2026-11-21'])).toEqual([]);
});

test('an event matches when all that is asked for does', () => {
	const event = { action: 'DASHBOARD_DELETED', actorId: 'user_1', resource: 'dashboard#dash_2' };
	const found = (filter: Parameters<typeof wantedOf>[0]) => matches(wantedOf(filter), event);
	expect(found({ action: 'DASHBOARD_DELETED', userId: 'user_1', resourceType: 'dashboard' })).toBe(true);
	expect(found({ resourceId: 'dash_2' })).toBe(true);
	expect(found({ resourceId: 'no identifier' })).toBe(false);
	expect(found({ userId: 'user_2' })).toBe(false);
	expect(found({ resourceType: 'card' })).toBe(false);
	expect(found({ resourceType: 'card', resourceId: 'dash_2' })).toBe(false);
});

test('the place before another leaves out nothing but it', () => {
	const others = [`${AT}#0f8c19`, `${AT}#0f8c1`, `${AT}#0f8c0f`];
	expect(justBefore(place) < place).toBe(true);
	for (const other of others) expect(other <= justBefore(place)).toBe(true);
});
