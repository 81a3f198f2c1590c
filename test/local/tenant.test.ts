import { beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../core/ports/index.ts';
import { tenantOf, tenantOfClaim } from '../../core/tenants.ts';
import { help, readTenantCommand, runTenantCommand, UsageError, type TenantReport } from '../../local/tenant-command.ts';
import { memoryStore } from '../../store/memory.ts';

const ISSUER = 'https://login.example.com';
const ADA = ['--stage', 'prod', '--user', 'ada'];
const NUMBERS = ['--deliveries-per-month', '20', '--requests-per-second', '0.5', '--burst', '3'];
const PLAN = { deliveriesPerMonth: 20, requestsPerSecond: 0.5, burst: 3 };

let store: Store;
beforeEach(() => {
  store = memoryStore();
});

function run(...args: string[]): Promise<TenantReport> {
  const command = readTenantCommand(args);
  if (command === 'help') throw new Error('only help was asked for');
  return runTenantCommand({ store, clock: { now: () => new Date('2026-04-01T10:00:00Z') }, issuer: ISSUER }, command);
}

describe('npm run tenant', () => {
  it('gives a tenant a plan and shows it, before anybody of it was there', async () => {
    const report = { tenantId: tenantOf(ISSUER, 'ada'), createdAt: '2026-04-01T10:00:00Z', plan: PLAN, month: '2026-04', deliveriesThisMonth: 0 };
    expect(await run('set-plan', ...ADA, ...NUMBERS)).toEqual(report);
    expect(await run('show', ...ADA)).toEqual(report);
    expect((await store.getTenant(report.tenantId))?.plan).toEqual(PLAN);
  });

  it('shows a tenant that is not there without making it', async () => {
    expect(await run('show', ...ADA)).toMatchObject({ createdAt: null, plan: null });
    expect(await store.getTenant(tenantOf(ISSUER, 'ada'))).toBeNull();
  });

  it('finds tenants by user, by claim and by id', async () => {
    const acme = tenantOfClaim(ISSUER, 'acme');
    expect((await run('show', '--stage', 'prod', '--claim', 'acme')).tenantId).toBe(acme);
    expect((await run('show', '--stage', 'prod', '--tenant', acme)).tenantId).toBe(acme);
    expect((await run('show', ...ADA)).tenantId).toBe(tenantOf(ISSUER, 'ada'));
  });

  it('changes what is named and leaves the rest', async () => {
    await run('set-plan', ...ADA, ...NUMBERS);
    expect((await run('set-plan', ...ADA, '--burst', '9')).plan).toEqual({ ...PLAN, burst: 9 });
  });

  it('takes a plan away', async () => {
    await run('set-plan', ...ADA, ...NUMBERS);
    expect((await run('set-plan', ...ADA, '--default')).plan).toBeNull();
  });

  it('needs a whole plan where there was none, and says what is missing', async () => {
    await expect(run('set-plan', ...ADA, '--burst', '9')).rejects.toThrow(
      'The tenant has no plan of its own yet: name --deliveries-per-month and --requests-per-second too.',
    );
    expect(await store.getTenant(tenantOf(ISSUER, 'ada'))).toBeNull();
  });

  it('explains itself', () => {
    expect(readTenantCommand(['--help'])).toBe('help');
    expect(readTenantCommand(['set-plan', '-h'])).toBe('help');
    for (const option of ['--stage', '--user', '--claim', '--tenant', '--default', ...NUMBERS.filter((each) => each.startsWith('--'))]) {
      expect(help).toContain(option);
    }
  });

  it.each([
    ['nothing to do', [...ADA], 'show or set-plan'],
    ['two things to do', ['show', 'set-plan', ...ADA], 'show or set-plan'],
    ['no stage', ['show', '--user', 'ada'], '--stage S'],
    ['nobody', ['show', '--stage', 'prod'], '--user SUBJECT'],
    ['two people', ['show', ...ADA, '--claim', 'acme'], 'by one of'],
    ['what is no tenant', ['show', '--stage', 'prod', '--tenant', 'acme'], 'acme is not the id of a tenant'],
    ['no plan', ['set-plan', ...ADA], '--deliveries-per-month N'],
    ['a plan and none', ['set-plan', ...ADA, '--burst', '1', '--default'], '--default takes the plan away'],
    ['a number to show', ['show', ...ADA, '--burst', '1'], 'use set-plan'],
    ['a fraction of a delivery', ['set-plan', ...ADA, '--deliveries-per-month', '1.5'], '--deliveries-per-month 1.5: a whole number'],
    ['fewer than none', ['set-plan', ...ADA, '--deliveries-per-month=-1'], '--deliveries-per-month -1'],
    ['no burst', ['set-plan', ...ADA, '--burst', '0'], '--burst 0: a whole number is needed, within 1 and 1000000'],
    ['no rate', ['set-plan', ...ADA, '--requests-per-second', '0'], '--requests-per-second 0: a number is needed, within 0.001'],
    ['a word', ['set-plan', ...ADA, '--burst', 'many'], '--burst many'],
    ['nothing', ['set-plan', ...ADA, '--burst', ''], '--burst'],
    ['infinity', ['set-plan', ...ADA, '--burst', '1e400'], '--burst 1e400'],
    ['an option that it does not have', ['show', ...ADA, '--bust', '1'], '--bust'],
  ])('given %s, says what to write instead', (_, args, message) => {
    expect(() => readTenantCommand(args)).toThrow(UsageError);
    expect(() => readTenantCommand(args)).toThrow(message);
  });
});
