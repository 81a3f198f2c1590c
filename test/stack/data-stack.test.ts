import { Match } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { outputNames } from '../../lib/names.ts';
import { standard, synthesize, type Synthesized } from './synthesis.ts';
import { onlyResource, outputsOf, policyDocument, resourcesOf } from './template.ts';

let aws: Synthesized;
let local: Synthesized;

beforeAll(() => {
  aws = synthesize(standard);
  local = synthesize({
    removal: 'destroy',
    tls: false,
    identity: { issuer: 'http://127.0.0.1:8080', audience: 'fanfare', jwksUri: null },
  });
});

/** What the first of the functions that know who may log in is told. */
function identityOf({ app }: Synthesized): string | undefined {
  return [...resourcesOf(app, 'AWS::Lambda::Function').values()].map(({ Properties }) => JSON.stringify(Properties)).find((text) => text.includes('IDENTITY'));
}

describe('the media bucket', () => {
  it('is private', () => {
    aws.data.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: { ServerSideEncryptionConfiguration: Match.anyValue() },
    });
    for (const { Properties } of resourcesOf(aws.data, 'AWS::S3::BucketPolicy').values()) {
      const { Statement } = policyDocument.parse(Properties['PolicyDocument']);
      expect(Statement.map(({ Effect }) => Effect)).not.toContain('Allow');
    }
  });

  it('takes nothing without TLS', () => {
    aws.data.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: [{ Effect: 'Deny', Action: 's3:*', Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
      },
    });
  });

  it('takes requests without TLS only where the endpoint of the stage is http', () => {
    expect(resourcesOf(local.data, 'AWS::S3::BucketPolicy').size).toBe(0);
  });

  it('lets browsers of the configured origins send parts and read their ETags', () => {
    aws.data.hasResourceProperties('AWS::S3::Bucket', {
      CorsConfiguration: {
        CorsRules: [Match.objectLike({ AllowedMethods: ['PUT'], AllowedOrigins: ['https://app.example.com'], ExposedHeaders: ['ETag'] })],
      },
    });
  });

  it('tells EventBridge of new files by a setting of its own', () => {
    aws.data.hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
  });

  it('drops what nobody completed after 9 days, what was released after 1 and everything after 400', () => {
    aws.data.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [
          Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 9 }, Status: 'Enabled' }),
          Match.objectLike({ ExpirationInDays: 1, TagFilters: [{ Key: 'fanfare-released', Value: 'true' }], Status: 'Enabled' }),
          Match.objectLike({ ExpirationInDays: 400, TagFilters: Match.absent(), Status: 'Enabled' }),
        ],
      },
    });
  });
});

describe('the table', () => {
  it('has the keys and both indexes of the store, on demand, with expiry and recovery to a point in time', () => {
    aws.data.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: ['gsi1', 'gsi2'].map((name) => ({
        IndexName: name,
        KeySchema: [
          { AttributeName: `${name}pk`, KeyType: 'HASH' },
          { AttributeName: `${name}sk`, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      })),
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
    });
  });
});

describe('the token key', () => {
  it('is rotated, and leaves the decision on its use to the roles of this account', () => {
    aws.data.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: { Statement: [Match.objectLike({ Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root']] } } })] },
    });
  });
});

describe('the user pool', () => {
  it('has a client that can read the claim of the tenant, and cannot write it', () => {
    const { properties } = onlyResource(aws.data, 'AWS::Cognito::UserPoolClient');
    expect(properties['ReadAttributes']).toContain('custom:tenantId');
    expect(properties['WriteAttributes']).toEqual(['email']);
    expect(properties['GenerateSecret']).toBe(false);
  });

  it('has one claim that may name the tenant, and tells the functions of it only where it is configured', () => {
    const claimed = synthesize({ ...standard, identity: { provider: 'cognito', tenantClaim: 'custom:tenantId' } });
    expect(identityOf(claimed)).toContain('custom:tenantId');
    expect(identityOf(aws)).not.toContain('custom:tenantId');
    const { properties } = onlyResource(claimed.data, 'AWS::Cognito::UserPoolClient');
    expect(properties['WriteAttributes']).toEqual(['email']);
  });

  it('takes nobody whom the operator has not invited', () => {
    aws.data.hasResourceProperties('AWS::Cognito::UserPool', { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } });
  });

  it('is not there where another issuer is configured', () => {
    expect([...resourcesOf(local.data).values()].map(({ Type }) => Type).filter((type) => type.startsWith('AWS::Cognito'))).toEqual([]);
    local.data.hasOutput('Issuer', { Value: 'http://127.0.0.1:8080' });
  });
});

describe('the data stack', () => {
  const lasting = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::Cognito::UserPool'];

  it('keeps its data when it is deleted', () => {
    for (const type of lasting) {
      for (const { DeletionPolicy, UpdateReplacePolicy } of resourcesOf(aws.data, type).values()) {
        expect([type, DeletionPolicy, UpdateReplacePolicy]).toEqual([type, 'Retain', 'Retain']);
      }
    }
  });

  it('lets it go only where the stage says so', () => {
    for (const type of lasting) {
      for (const { DeletionPolicy } of resourcesOf(local.data, type).values()) expect([type, DeletionPolicy]).toEqual([type, 'Delete']);
    }
    local.data.hasResourceProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: false });
  });

  it('gives nothing a name of our choosing', () => {
    const naming = /^(?:TableName|BucketName|UserPoolName|ClientName|AliasName|Name)$/u;
    for (const [id, { Properties }] of resourcesOf(aws.data)) {
      expect([id, Object.keys(Properties).filter((property) => naming.test(property))]).toEqual([id, []]);
    }
    expect(resourcesOf(aws.data, 'AWS::KMS::Alias').size).toBe(0);
  });

  it('states the outputs that tools read', () => {
    expect(outputsOf(aws.data)).toEqual([...outputNames.data]);
  });
});
