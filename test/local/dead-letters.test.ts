import { describe, expect, it } from 'vitest';
import { claimInput } from '../../core/workflow.ts';
import { inputOf } from '../../local/dead-letters.ts';

const claimed = (body: string): unknown => claimInput.parse({ execution: 'one', input: JSON.parse(inputOf(body) ?? 'null') }).input;

describe('the input of a dead letter', () => {
  it('names the object of an event of S3', () => {
    const event = { id: '6a7e8feb', source: 'aws.s3', 'detail-type': 'Object Created', detail: { bucket: { name: 'b' }, object: { key: 'in/ten/01J8ZC/1.mp4', size: 5 } } };
    expect(claimed(JSON.stringify(event))).toEqual({ v: 1, objectKey: 'in/ten/01J8ZC/1.mp4' });
  });

  it('is the event itself of an execution that ended', () => {
    const event = { source: 'aws.states', detail: { executionArn: 'arn', input: '{"v":1,"uploadId":"upl_1","predecessor":null}' } };
    expect(claimed(JSON.stringify(event))).toEqual(event);
  });

  it('is what the target would have been sent, where the letter holds that', () => {
    const input = { v: 1, objectKey: 'in/ten/01J8ZC/1.mp4', id: '6a7e8feb' };
    expect(inputOf(JSON.stringify(input))).toBe(JSON.stringify(input));
  });

  it.each(['', 'hello', 'null', '[]', '{}', '{"v":2,"objectKey":"x"}', '{"source":"aws.ec2","detail":{}}'])('is nothing for what is none: %s', (body) => {
    expect(inputOf(body)).toBeNull();
  });
});
