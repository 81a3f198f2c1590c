import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTenantId, tenantOf, tenantOfClaim, tenantOfIdentity } from '../../core/tenants.ts';

const issuer = fc.webUrl();
const text = fc.string({ unit: 'binary' });

describe('the tenant of a dashboard session', () => {
  it('is that of the person, or that of the claim where there is one', () => {
    const ada = { issuer: 'https://login.example.com', subject: 'ada', tenant: null };
    expect(tenantOfIdentity(ada)).toBe(tenantOf(ada.issuer, 'ada'));
    const [one, other] = ['ada', 'bob'].map((subject) => tenantOfIdentity({ ...ada, subject, tenant: 'acme' }));
    expect(one).toBe(other);
    expect(one).toBe(tenantOfClaim(ada.issuer, 'acme'));
  });

  it('is never that of a claim, whatever a subject or a claim is', () => {
    fc.assert(fc.property(issuer, issuer, text, text, (one, other, subject, claim) => tenantOf(one, subject) !== tenantOfClaim(other, claim)));
    const url = 'https://login.example.com';
    const form = JSON.stringify(['tenant', url, 'acme']);
    for (const subject of ['acme', `tenant\nacme`, form, `${form}\n`]) expect(tenantOf(url, subject)).not.toBe(tenantOfClaim(url, 'acme'));
  });

  it('differs by issuer, and has the form of an id', () => {
    fc.assert(
      fc.property(issuer, text, (url, claim) => {
        expect(isTenantId(tenantOfClaim(url, claim))).toBe(true);
        expect(tenantOfClaim(url, claim)).not.toBe(tenantOfClaim(`${url}/`, claim));
      }),
    );
    for (const id of ['', 'ten_', 'ten_01J8ZC6Q4M2V9Y3K7T5B1N0X0', 'ten_01j8zc6q4m2v9y3k7t5b1n0x00', 'acc_01J8ZC6Q4M2V9Y3K7T5B1N0X00']) {
      expect(isTenantId(id)).toBe(false);
    }
  });
});
