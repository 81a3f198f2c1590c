import { describe, expect, it } from 'vitest';
import { all, any, append, equals, exists, expressions, increase, missing, oneOf, remove, set, setOnce } from '../../store/dynamodb/expression.ts';

/** Rules of DynamoDB that emulators do not hold, and the texts themselves. */
describe('expressions', () => {
  it('name every attribute by a placeholder, and each once', () => {
    const written = expressions(all(equals('status', 'pending'), missing(['attempt', 'status'])), [set('status', 'failed'), remove('error')]);
    expect(written).toEqual({
      UpdateExpression: 'SET #n0 = :v0 REMOVE #n1',
      ConditionExpression: '#n0 = :v1 AND attribute_not_exists(#n2.#n0)',
      ExpressionAttributeNames: { '#n0': 'status', '#n1': 'error', '#n2': 'attempt' },
      ExpressionAttributeValues: { ':v0': 'failed', ':v1': 'pending' },
    });
  });

  it('leave out what is empty, which DynamoDB refuses', () => {
    expect(expressions(null, [])).toEqual({});
    expect(expressions(exists('pk'), [])).toEqual({
      ConditionExpression: 'attribute_exists(#n0)',
      ExpressionAttributeNames: { '#n0': 'pk' },
    });
  });

  it('have parentheses where they are needed and nowhere else', () => {
    const one = equals('a', 1);
    const text = (condition: typeof one) => expressions(condition, []).ConditionExpression;
    expect(text(all(one))).toBe('#n0 = :v0');
    expect(text(any(all(one)))).toBe('#n0 = :v0');
    expect(text(all(one, any(one, one)))).toBe('#n0 = :v0 AND (#n0 = :v1 OR #n0 = :v2)');
    expect(text(any(all(one, one), all(any(one), one)))).toBe('(#n0 = :v0 AND #n0 = :v1) OR (#n0 = :v2 AND #n0 = :v3)');
    expect(text(all(all(any(one, one))))).toBe('#n0 = :v0 OR #n0 = :v1');
    expect(text(oneOf('a', [1, 2]))).toBe('#n0 IN (:v0, :v1)');
  });

  it('write each kind of change', () => {
    const { UpdateExpression } = expressions(null, [increase('a', 1), setOnce('b', 2), append('c', [3]), set(['d', 'e'], 4)]);
    expect(UpdateExpression).toBe(
      'SET #n0 = if_not_exists(#n0, :v0) + :v1, #n1 = if_not_exists(#n1, :v2), #n2 = list_append(#n2, :v3), #n3.#n4 = :v4',
    );
  });

  it('are refused if two changes overlap', () => {
    expect(() => expressions(null, [set('a', 1), set('a', 2)])).toThrow('overlap');
    expect(() => expressions(null, [set('a', {}), remove(['a', 'b'])])).toThrow('overlap');
    expect(() => expressions(null, [remove(['a', 'b', 'c']), set(['a', 'b'], 1)])).toThrow('overlap');
    expect(() => expressions(null, [set(['a', 'b'], 1), set(['a', 'c'], 2), set('ab', 3)])).not.toThrow();
  });
});
