import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { constructId, functionNames, type FunctionName } from '../../lib/names.ts';
import { standard, synthesize, type Synthesized } from './synthesis.ts';
import { ownerOf, resourcesOf, statementsByRole, textOf, type Statement } from './template.ts';

let aws: Synthesized;
let roles: ReadonlyMap<string, readonly Statement[]>;

beforeAll(() => {
  aws = synthesize(standard);
  roles = statementsByRole(aws.app);
});

function roleOf(name: string): readonly Statement[] {
  const found = [...roles].find(([id]) => new RegExp(`^${name}Role[0-9A-F]{8}$`, 'u').test(id));
  if (found === undefined) throw new Error(`There is no role of ${name}.`);
  return found[1];
}

const actionsOf = (name: FunctionName): readonly string[] => roleOf(constructId(name)).flatMap(({ Action }) => Action);
const having = (action: string): readonly FunctionName[] => functionNames.filter((name) => actionsOf(name).includes(action));

/** Actions for which AWS knows no narrower resource. */
const WITHOUT_RESOURCE = [
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
];

describe('no role', () => {
  it('may touch every resource, but for what AWS has no narrower form of', () => {
    const bare = [...roles.values()].flat().filter(({ Resource }) => Resource.includes('*'));
    expect([...new Set(bare.flatMap(({ Action }) => Action))].toSorted()).toEqual(WITHOUT_RESOURCE);
  });

  it('may do every action of a service', () => {
    const actions = [...roles.values()].flat().flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  it('may scan the table, or change its settings', () => {
    const actions = [...roles.values()].flat().flatMap(({ Action }) => Action);
    const items = /^dynamodb:(?:(?:Get|Put|Update|Delete|BatchGet|BatchWrite)Item|Query|ConditionCheckItem)$/u;
    expect(actions.filter((action) => action.startsWith('dynamodb:') && !items.test(action))).toEqual([]);
  });

  it('takes policies that AWS wrote', () => {
    for (const { Properties } of resourcesOf(aws.app, 'AWS::IAM::Role').values()) expect(Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  it('is larger than AWS takes: 10,240 characters of policies in a role', () => {
    for (const [id, statements] of roles) expect([id, JSON.stringify(statements).length < 10_240]).toEqual([id, true]);
  });

  it('depends on the encryption context, which one emulator always refuses', () => {
    expect(JSON.stringify([...roles.values()])).not.toContain('EncryptionContext');
  });
});

describe('only those functions that need it', () => {
  const steps = ['workflow-transfer', 'workflow-publish'];
  const withTokens = [...steps, 'internal-vault'];

  it('decrypt tokens, and with the token key alone', () => {
    expect(having('kms:Decrypt')).toEqual(withTokens);
    expect(having('kms:GenerateDataKey')).toEqual(withTokens);
    const keys = [...roles.values()].flat().filter(({ Action }) => Action.some((action) => action.startsWith('kms:')));
    for (const { Resource } of keys) expect(Resource.map(textOf)).toEqual([expect.stringContaining('ExportsOutputFnGetAttTokenKey')]);
  });

  it('read the secrets of the configured networks, by name', () => {
    expect(having('ssm:GetParameter')).toEqual(withTokens);
    const [secrets] = roleOf('WorkflowPublish').filter(({ Action }) => Action.includes('ssm:GetParameter'));
    expect(secrets?.Resource.map(textOf)).toEqual([
      expect.stringContaining(':parameter/fanfare/test/youtube/client-secret'),
      expect.stringContaining(':parameter/instagram-secret'),
    ]);
  });

  it('call another function: those of accounts and the reconcile job the vault, and nobody else anything', () => {
    expect(having('lambda:InvokeFunction')).toEqual(['http-accounts', 'scheduled-reconcile']);
    for (const role of ['HttpAccounts', 'ScheduledReconcile']) {
      const [vault] = roleOf(role).filter(({ Action }) => Action.includes('lambda:InvokeFunction'));
      expect(vault?.Resource.map(ownerOf)).toEqual([expect.stringMatching(/^InternalVault[0-9A-F]{8}$/u)]);
    }
  });

  it('write files', () => {
    expect(having('s3:PutObject')).toEqual(['http-sessions', 'http-uploads-write', 'scheduled-reconcile']);
  });

  it('delete records: accounts that are unlinked, and uploads whose file storage refused', () => {
    expect(having('dynamodb:DeleteItem')).toEqual(['http-accounts', 'http-uploads-write', 'scheduled-reconcile']);
  });

  it('announce', () => {
    expect(having('events:PutEvents')).toEqual(['workflow-inspect', 'workflow-due', 'workflow-failure', 'workflow-finish', 'scheduled-reconcile']);
  });

  it('touch files at all, and those below the prefix of staged files alone', () => {
    const statements = [...roles.values()].flat().filter(({ Action }) => Action.some((action) => action.startsWith('s3:') && action !== 's3:ListBucket'));
    for (const { Resource } of statements) expect(Resource.map(textOf)).toEqual([expect.stringMatching(/"\/in\/\*"/u)]);
  });
});

describe('every function', () => {
  it('writes its own log and no other', () => {
    for (const name of functionNames) {
      const logging = roleOf(constructId(name)).filter(({ Action }) => Action.some((action) => action.startsWith('logs:')));
      expect(logging.flatMap(({ Action }) => Action)).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
      expect(logging.flatMap(({ Resource }) => Resource.map(ownerOf))).toEqual([expect.stringMatching(new RegExp(`^${constructId(name)}Log`, 'u'))]);
    }
  });

  it('may be called by the API through one permission, however many routes it serves', () => {
    const permission = z.object({ FunctionName: z.unknown(), Principal: z.literal('apigateway.amazonaws.com'), Action: z.literal('lambda:InvokeFunction'), SourceArn: z.unknown() });
    const permissions = [...resourcesOf(aws.app, 'AWS::Lambda::Permission').values()]
      .filter(({ Properties }) => Properties['Principal'] !== 'events.amazonaws.com')
      .map(({ Properties }) => permission.parse(Properties));
    const called = permissions.map(({ FunctionName }) => ownerOf(FunctionName).slice(0, -8)).toSorted();
    expect(called).toEqual(functionNames.filter((name) => name.startsWith('http-')).map(constructId).toSorted());
  });
});

describe('the rules', () => {
  it('may start the machine that they start, and nothing else', () => {
    const [statement, ...others] = roleOf('UploadTrigger');
    expect(others).toEqual([]);
    expect(statement?.Action).toEqual(['states:StartExecution']);
    const rules = [...resourcesOf(aws.app, 'AWS::Events::Rule').values()].filter(({ Properties }) => 'EventPattern' in Properties);
    expect(rules).toHaveLength(2);
    for (const { Properties } of rules) {
      const { Targets } = z.object({ Targets: z.array(z.object({ Arn: z.unknown() })) }).parse(Properties);
      expect(statement?.Resource).toEqual(Targets.map(({ Arn }) => Arn));
    }
  });
});
