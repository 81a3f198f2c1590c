import { describe, expect, it } from 'vitest';
import { undocumented, type SeenAnswer } from './documented.ts';

/** The check that every answer of the tests goes through: it has to be able to fail. */

const status = {
  uploadId: 'upl_01J8ZC6Q4M2V9Y3K7T5B1N0XWA',
  status: 'Scheduled',
  title: 'Spring launch',
  scheduledOn: '2026-05-01T09:00:00Z',
  createdAt: '2026-04-01T10:00:00Z',
  updatedAt: '2026-04-01T10:00:00Z',
  sha256: null,
  accounts: [],
};

const problem = { type: 'https://docs.example/errors/not_found', title: 'Not found', status: 404, code: 'not_found', detail: 'There is no such upload.', errors: [{ field: 'uploadId', code: 'not_found', message: 'is not the id of an upload' }], requestId: 'req-1' };

function answer(change: Partial<SeenAnswer> = {}, headers: Readonly<Record<string, string>> = {}): SeenAnswer {
  const given: Readonly<Record<string, string>> = { 'Content-Type': 'application/json', 'X-Request-Id': 'req-1', ...headers };
  return { method: 'GET', path: '/api/upload/upl_1/status', status: 200, header: (name) => given[name] ?? null, body: status, ...change };
}

const PROBLEM = { 'Content-Type': 'application/problem+json' };

describe('an answer as documented', () => {
  it('passes, of success and of failure', () => {
    expect(undocumented(answer())).toEqual([]);
    expect(undocumented(answer({ status: 404, body: problem }, PROBLEM))).toEqual([]);
  });
});

describe('an answer that is not as documented is found by', () => {
  it.each<[string, SeenAnswer, RegExp]>([
    ['its path', answer({ path: '/api/nothing' }), /there is no GET/u],
    ['its method', answer({ method: 'PUT' }), /there is no PUT/u],
    ['its status', answer({ status: 418 }), /418 is not in the document/u],
    ['its type', answer({}, { 'Content-Type': 'text/html' }), /"text\/html"/u],
    ['a header that is missing', { ...answer(), header: (name) => (name === 'Content-Type' ? 'application/json' : null) }, /X-Request-Id is missing/u],
    ['a field too many', answer({ body: { ...status, secret: 'x' } }), /additional/u],
    ['a field that is missing', answer({ body: { ...status, title: undefined } }), /title/u],
    ['a field of another type', answer({ body: { ...status, scheduledOn: 5 } }), /scheduledOn/u],
    ['a time in another form', answer({ body: { ...status, createdAt: '2026-04-01T10:00:00.123Z' } }), /createdAt/u],
    ['a code that this route cannot give', answer({ status: 404, body: { ...problem, code: 'part_mismatch' } }, PROBLEM), /code/u],
    ['a refusal that names no field', answer({ status: 404, body: { ...problem, errors: undefined } }, PROBLEM), /names no field/u],
    ['a status in the body that is not its own', answer({ status: 404, body: { ...problem, status: 500 } }, PROBLEM), /status/u],
  ])('%s', (_, seen, fault) => {
    const faults = undocumented(seen);
    expect(faults.join('\n')).toMatch(fault);
  });
});
