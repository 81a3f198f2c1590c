import { RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Configuration } from './configuration.ts';

/** The key under which account tokens are sealed. Who may use it is said by the roles of the functions. */
export function createTokenKey(scope: Construct, { removal }: Configuration): Key {
  return new Key(scope, 'TokenKey', {
    description: 'Seals the tokens of linked accounts.',
    enableKeyRotation: true,
    removalPolicy: removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}
