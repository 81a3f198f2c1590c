import { Match, type Template } from 'aws-cdk-lib/assertions';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { outputNames } from '../../lib/names.ts';
import { fingerprintOf } from '../../media/public-key.ts';
import { standard, synthesize, type Synthesized } from './synthesis.ts';
import { onlyResource, outputsOf, policyDocument, resourcesOf, statementsByRole, textOf } from './template.ts';

const newKey = (): string => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString();
const [publicKey, formerKey] = [newKey(), newKey()];
const privateKeyParameter = '/fanfare/test/media-domain/private-key';
const settings = { publicKey, privateKeyParameter };
const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b';

type Settings = NonNullable<Parameters<typeof synthesize>[0]>['mediaDomain'];
const withDomain = (mediaDomain: Settings = settings): Synthesized => synthesize({ ...standard, mediaDomain });

function stackOf({ mediaDomain }: Synthesized): Template {
  if (mediaDomain === null) throw new Error('There is no stack of the media domain.');
  return mediaDomain;
}

const distributionConfig = (entries?: Settings) =>
  z.object({ DistributionConfig: z.record(z.string(), z.unknown()) }).parse(onlyResource(stackOf(withDomain(entries)), 'AWS::CloudFront::Distribution').properties).DistributionConfig;

/** The data stack without the policy of its bucket. */
function restOf({ data }: Synthesized): unknown {
  const { Resources, ...rest } = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string() }).loose()) }).loose().parse(data.toJSON());
  return { ...rest, Resources: Object.entries(Resources).filter(([, { Type }]) => Type !== 'AWS::S3::BucketPolicy') };
}

describe('without a media domain in the configuration', () => {
  it('there is no stack of it, and nothing of it in the others', () => {
    const { mediaDomain, data, app } = synthesize(standard);
    expect(mediaDomain).toBeNull();
    expect(JSON.stringify([data.toJSON(), app.toJSON()])).not.toMatch(/cloudfront/iu);
    for (const { Properties } of resourcesOf(app, 'AWS::Lambda::Function').values()) expect(domainOf(Properties) ?? 'null').toBe('null');
  });

  it('the data stack is what it is with one, but for the policy of the bucket: it can come and go', () => {
    expect(restOf(withDomain())).toEqual(restOf(synthesize(standard)));
  });
});

describe('the distribution', () => {
  it('serves GET and HEAD by HTTPS alone, only what is signed, and passes nothing of a query on', () => {
    const { id } = onlyResource(stackOf(withDomain()), 'AWS::CloudFront::KeyGroup');
    expect(distributionConfig()['DefaultCacheBehavior']).toEqual({
      AllowedMethods: ['GET', 'HEAD'],
      CachedMethods: ['GET', 'HEAD'],
      // "CachingDisabled" of AWS, and no policy of requests to the origin: no query, no header, no cookie goes there.
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      Compress: false,
      TargetOriginId: expect.any(String),
      TrustedKeyGroups: [{ Ref: id }],
      ViewerProtocolPolicy: 'https-only',
    });
  });

  it('reads the bucket with origin access control, each request signed', () => {
    const stack = stackOf(withDomain());
    const { id, properties } = onlyResource(stack, 'AWS::CloudFront::OriginAccessControl');
    expect(properties['OriginAccessControlConfig']).toEqual({ Name: 'fanfare-test-media', OriginAccessControlOriginType: 's3', SigningBehavior: 'always', SigningProtocol: 'sigv4' });
    const [origin, ...others] = z.array(z.record(z.string(), z.unknown())).parse(distributionConfig()['Origins']);
    expect(others).toEqual([]);
    expect(origin).toMatchObject({ OriginAccessControlId: { 'Fn::GetAtt': [id, 'Id'] }, S3OriginConfig: { OriginAccessIdentity: '' } });
    expect(textOf(origin?.['DomainName'])).toMatch(/Fn::ImportValue":"[\w-]+data:ExportsOutputRefMedia\w+"\},"\.s3\./u);
  });

  it('keeps no log, is cheapest, and has the name of CloudFront, unless the configuration says otherwise', () => {
    expect(distributionConfig()).toMatchObject({ Enabled: true, PriceClass: 'PriceClass_100' });
    for (const entry of ['Logging', 'Aliases', 'ViewerCertificate', 'DefaultRootObject', 'CacheBehaviors']) expect(distributionConfig()).not.toHaveProperty(entry);
    expect(distributionConfig({ ...settings, priceClass: '200' })['PriceClass']).toBe('PriceClass_200');
    expect(distributionConfig({ ...settings, priceClass: 'all' })['PriceClass']).toBe('PriceClass_All');
    expect(distributionConfig({ ...settings, domainName: 'media.example.com', certificateArn })).toMatchObject({
      Aliases: ['media.example.com'],
      ViewerCertificate: { AcmCertificateArn: certificateArn, MinimumProtocolVersion: expect.stringMatching(/^TLSv1\.2_20\d\d$/u), SslSupportMethod: 'sni-only' },
    });
  });

  it('trusts the key of the configuration, which is all that stands of it in the templates', () => {
    const { mediaDomain, data, app } = withDomain();
    const { id, properties } = onlyResource(stackOf(withDomain()), 'AWS::CloudFront::PublicKey');
    const name = `fanfare-test-media-${fingerprintOf(createPublicKey(publicKey)).slice(0, 16)}`;
    expect(properties['PublicKeyConfig']).toEqual({ EncodedKey: publicKey, Name: name, CallerReference: name });
    onlyResource(stackOf(withDomain()), 'AWS::CloudFront::KeyGroup');
    stackOf(withDomain()).hasResourceProperties('AWS::CloudFront::KeyGroup', { KeyGroupConfig: { Items: [{ Ref: id }] } });
    expect(JSON.stringify([mediaDomain?.toJSON(), data.toJSON(), app.toJSON()])).not.toContain('PRIVATE KEY');
  });

  it('states the outputs that operators read', () => {
    expect(outputsOf(stackOf(withDomain()))).toEqual([...outputNames.mediaDomain]);
  });
});

describe('a key that is replaced', () => {
  const keysOf = (entries: Settings) => [...resourcesOf(stackOf(withDomain(entries)), 'AWS::CloudFront::PublicKey').keys()];
  const exportsOf = (entries: Settings) => Object.keys(z.object({ Outputs: z.record(z.string(), z.unknown()) }).parse(stackOf(withDomain(entries)).toJSON()).Outputs);
  const replaced: Settings = { ...settings, publicKey: formerKey, formerPublicKeys: [publicKey] };

  it('stays trusted, and is the very same resource, since CloudFront changes none', () => {
    expect(keysOf(replaced)).toHaveLength(2);
    expect(keysOf(replaced)).toEqual(expect.arrayContaining([...keysOf(settings)]));
    stackOf(withDomain(replaced)).hasResourceProperties('AWS::CloudFront::KeyGroup', { KeyGroupConfig: { Items: keysOf(replaced).map((Ref) => ({ Ref })) } });
  });

  it('stays exported while the functions may still import it', () => {
    expect(exportsOf(replaced)).toEqual(expect.arrayContaining(exportsOf(settings)));
    expect(exportsOf({ ...settings, publicKey: formerKey })).not.toEqual(expect.arrayContaining(exportsOf(settings)));
  });
});

const statementsIn = ({ data }: Synthesized) => policyDocument.parse(onlyResource(data, 'AWS::S3::BucketPolicy').properties['PolicyDocument']).Statement;
const distributions = (id: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':cloudfront::', { Ref: 'AWS::AccountId' }, `:distribution/${id}`]] });

describe('the bucket', () => {
  it('lets CloudFront read staged and stored files, and demands TLS as before', () => {
    const [tls, read, ...others] = statementsIn(withDomain());
    expect(tls).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    expect(others).toEqual([]);
    expect(read).toMatchObject({ Effect: 'Allow', Principal: { Service: 'cloudfront.amazonaws.com' }, Action: ['s3:GetObject'] });
    expect(read?.Resource.map(textOf)).toEqual([expect.stringMatching(/"\/in\/\*"/u)]);
  });

  it('lets in the distributions of this account while nobody knows the id, and then that one alone', () => {
    expect(statementsIn(withDomain())[1]?.Condition).toEqual({ ArnLike: { 'AWS:SourceArn': distributions('*') } });
    expect(statementsIn(withDomain({ ...settings, distributionId: 'E2QWRUHAPOMQZL' }))[1]?.Condition).toEqual({ StringEquals: { 'AWS:SourceArn': distributions('E2QWRUHAPOMQZL') } });
  });

  it('is private as ever', () => {
    withDomain().data.hasResourceProperties('AWS::S3::Bucket', { PublicAccessBlockConfiguration: Match.objectLike({ BlockPublicPolicy: true, RestrictPublicBuckets: true }) });
  });
});

const variables = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });

/** What a function knows of the media domain, as text. */
function domainOf(properties: unknown): string | undefined {
  const value = variables.parse(properties).Environment.Variables['MEDIA_DOMAIN'];
  return value === undefined ? undefined : textOf(value);
}

/** What each function that knows of it is told. */
const told = ({ app }: Synthesized) =>
  [...resourcesOf(app, 'AWS::Lambda::Function')].map(([id, { Properties }]) => [id.slice(0, -8), domainOf(Properties)] as const).filter(([, text]) => text !== undefined);

describe('the functions', () => {
  it('that run steps, and no others, know host, key and the name of the secret', () => {
    const domains = told(withDomain({ ...settings, domainName: 'media.example.com', certificateArn }));
    expect(domains.map(([name]) => name).toSorted()).toEqual(['WorkflowPublish', 'WorkflowTransfer']);
    for (const [, text] of domains) {
      expect(text).toContain('media.example.com');
      expect(text).toContain(privateKeyParameter);
      expect(text).toContain(fingerprintOf(createPublicKey(publicKey)));
      expect(text).toMatch(/Fn::ImportValue":"[\w-]+media-domain:ExportsOutputRefKey/u);
    }
  });

  it("know the distribution's own name where there is no other", () => {
    for (const [, text] of told(withDomain())) expect(text).toMatch(/Fn::ImportValue":"[\w-]+media-domain:ExportsOutputFnGetAttDistribution\w+DomainName/u);
  });

  it('that run steps, and no others, may read the private key', () => {
    const may = [...statementsByRole(withDomain().app)].filter(([, statements]) => JSON.stringify(statements).includes(privateKeyParameter));
    expect(may.map(([id]) => id.slice(0, -8)).toSorted()).toEqual(['WorkflowPublishRole', 'WorkflowTransferRole']);
    for (const [, statements] of may) {
      const [reading, ...others] = statements.filter(({ Resource }) => JSON.stringify(Resource).includes(privateKeyParameter));
      expect([reading?.Action, others]).toEqual([['ssm:GetParameter'], []]);
    }
  });
});
