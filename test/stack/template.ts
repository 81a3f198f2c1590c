import type { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';

/** Reading synthesized templates: everything in them is parsed, as any other file would be. */

const resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
});
export type Resource = z.infer<typeof resource>;

const templateSchema = z.object({
  Resources: z.record(z.string(), resource),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown(), Export: z.unknown().optional() })).default({}),
});

const parsed = new WeakMap<Template, z.infer<typeof templateSchema>>();

function parse(template: Template): z.infer<typeof templateSchema> {
  const found = parsed.get(template) ?? templateSchema.parse(template.toJSON());
  parsed.set(template, found);
  return found;
}

export function resourcesOf(template: Template, type?: string): ReadonlyMap<string, Resource> {
  const { Resources } = parse(template);
  return new Map(Object.entries(Resources).filter(([, each]) => type === undefined || each.Type === type));
}

/** The only resource of a type. */
export function onlyResource(template: Template, type: string): { id: string; properties: Resource['Properties'] } {
  const [first, ...others] = resourcesOf(template, type);
  if (first === undefined || others.length > 0) throw new Error(`There is not exactly one ${type}.`);
  return { id: first[0], properties: first[1].Properties };
}

/** Names of outputs that the stack states itself, without those by which stacks refer to each other. */
export function outputsOf(template: Template): readonly string[] {
  const { Outputs } = parse(template);
  return Object.keys(Outputs).filter((name) => Outputs[name]?.Export === undefined);
}

const list = <Item extends z.ZodType>(item: Item) => z.union([z.array(item), item.transform((one) => [one])]);
const statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: list(z.string()),
  Resource: list(z.unknown()),
  Principal: z.unknown().optional(),
  Condition: z.unknown().optional(),
});
export type Statement = z.output<typeof statement>;
export const policyDocument = z.object({ Statement: z.array(statement) });

const role = z.object({ Policies: z.array(z.object({ PolicyDocument: policyDocument })).default([]), ManagedPolicyArns: z.unknown().optional() });
const policy = z.object({ PolicyDocument: policyDocument, Roles: z.array(z.object({ Ref: z.string() })) });

/** What each role may do: by the policies in it and by those that name it. */
export function statementsByRole(template: Template): ReadonlyMap<string, readonly Statement[]> {
  const found = new Map<string, Statement[]>();
  for (const [id, { Properties }] of resourcesOf(template, 'AWS::IAM::Role')) {
    found.set(id, role.parse(Properties).Policies.flatMap((each) => each.PolicyDocument.Statement));
  }
  for (const { Properties } of resourcesOf(template, 'AWS::IAM::Policy').values()) {
    const { PolicyDocument, Roles } = policy.parse(Properties);
    for (const { Ref } of Roles) found.get(Ref)?.push(...PolicyDocument.Statement);
  }
  return found;
}

const attribute = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) });

/** The resource whose attribute this is. */
export function ownerOf(value: unknown): string {
  return attribute.parse(value)['Fn::GetAtt'][0];
}

/** A value as text, with references in it as CloudFormation writes them. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
