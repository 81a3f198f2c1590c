import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountRecovery, ClientAttributes, Mfa, StringAttribute, UserPool } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import type { IdentitySettings } from '../functions/environment.ts';
import type { Configuration } from './configuration.ts';

/** Who issues dashboard sessions: the configured issuer, or a user pool that the stack creates. */
export function createIdentity(scope: Construct, { identity, removal }: Configuration): IdentitySettings {
  if (identity !== 'cognito' && 'issuer' in identity) return identity;
  const tenantClaim = identity === 'cognito' ? null : identity.tenantClaim;
  const pool = new UserPool(scope, 'Users', {
    // Whoever may sign in gets a tenant, so the operator invites.
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    autoVerify: { email: true },
    standardAttributes: { email: { required: true, mutable: true } },
    customAttributes: { tenantId: new StringAttribute({ mutable: true, maxLen: 64 }) },
    passwordPolicy: { minLength: 12, tempPasswordValidity: Duration.days(7) },
    mfa: Mfa.OPTIONAL,
    mfaSecondFactor: { otp: true, sms: false },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    deletionProtection: removal === 'retain',
    removalPolicy: removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  const client = pool.addClient('Dashboard', {
    generateSecret: false,
    authFlows: { userSrp: true },
    disableOAuth: true,
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    accessTokenValidity: Duration.hours(1),
    idTokenValidity: Duration.hours(1),
    refreshTokenValidity: Duration.days(30),
    readAttributes: new ClientAttributes().withStandardAttributes({ email: true, emailVerified: true }).withCustomAttributes('tenantId'),
    // Not the tenant: a person must not choose the tenant whose records are seen.
    writeAttributes: new ClientAttributes().withStandardAttributes({ email: true }),
  });
  // Put together here, since an emulator knows no attribute of the pool for it.
  const { region, urlSuffix } = Stack.of(scope);
  const issuer = `https://cognito-idp.${region}.${urlSuffix}/${pool.userPoolId}`;
  return { issuer, audience: client.userPoolClientId, jwksUri: `${issuer}/.well-known/jwks.json`, tenantClaim };
}
