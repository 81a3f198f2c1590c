import * as z from 'zod';
import { behaviourSchema } from './behaviour.ts';
import { faultSchema } from './faults.ts';
import { json } from './http.ts';
import { SandboxError } from './refusal.ts';
import type { Sandbox } from './sandbox.ts';
import type { Answer, Call } from './stand-in.ts';

/** The control API, `/_sandbox/…`: what users' own tests ask of the sandbox. `docs/sandbox.md` describes it. */

const newAccountSchema = z.strictObject({
  name: z.string().min(1).max(100),
  accessTokenLife: z.number().optional(),
  scopes: z.array(z.string().min(1)).optional(),
  verified: z.boolean().optional(),
});

const newPersonSchema = z.strictObject({
  name: z.string().min(1).max(100),
  accounts: z.array(z.strictObject({ name: z.string().min(1).max(100), mayPublish: z.boolean().default(true) })).max(100).optional(),
});

const redirectSchema = z.strictObject({ redirectUri: z.string().min(1).max(2000) });

const expirySchema = z.strictObject({ inSeconds: z.int().min(0).default(0) });

const resetSchema = z.strictObject({ accounts: z.boolean().default(false) });

/** Answers a control request; `call.path` begins after `/_sandbox`. */
export async function handleControl(sandbox: Sandbox, call: Call): Promise<Answer> {
  try {
    return await route(sandbox, call);
  } catch (error) {
    if (error instanceof z.ZodError) return json(400, { error: z.prettifyError(error) });
    if (error instanceof SandboxError) return json(400, { error: error.message });
    throw error;
  }
}

async function route(sandbox: Sandbox, call: Call): Promise<Answer> {
  const unknown = [...call.query.keys()];
  if (unknown.length > 0) return json(400, { error: `No parameters are known here: ${unknown.join(', ')}.` });

  const [, first = '', second, third, fourth, ...rest] = call.path.split('/');
  if (rest.length > 0) return nothingHere();
  if (second === undefined) {
    switch (first) {
      case 'health':
        return by(call, { GET: () => json(200, { status: 'ok', networks: sandbox.networks }) });
      case 'faults':
        return by(call, {
          GET: () => json(200, sandbox.faults.list()),
          POST: () => {
            sandbox.addFault(faultSchema.parse(body(call)));
            return json(201, sandbox.faults.list().at(-1));
          },
          DELETE: () => {
            sandbox.faults.clear();
            return done();
          },
        });
      case 'reset':
        return by(call, {
          POST: () => {
            sandbox.reset(resetSchema.parse(optionalBody(call)));
            return done();
          },
        });
      default:
        return nothingHere();
    }
  }

  if (!sandbox.networks.includes(first)) {
    return json(404, { error: `The sandbox has no network ${JSON.stringify(first)}: ${sandbox.networks.join(', ')}.` });
  }
  if (third !== undefined) return second === 'persons' ? personCall(sandbox, call, { network: first, personId: third, deed: fourth }) : nothingHere();
  switch (second) {
    case 'posts':
      return by(call, { GET: async () => json(200, await sandbox.posts(first)) });
    case 'calls':
      return by(call, { GET: async () => json(200, await sandbox.calls(first)) });
    case 'accounts':
      return by(call, {
        POST: () => {
          const { name, accessTokenLife, scopes, verified } = newAccountSchema.parse(body(call));
          const account = {
            name,
            ...(accessTokenLife !== undefined && { accessTokenLife }),
            ...(scopes !== undefined && { scopes }),
            ...(verified !== undefined && { verified }),
          };
          return json(201, sandbox.addAccount(first, account));
        },
      });
    case 'persons':
      return by(call, {
        GET: () => json(200, sandbox.login(first).persons()),
        POST: () => {
          const { name, accounts } = newPersonSchema.parse(body(call));
          return json(201, sandbox.login(first).addPerson({ name, ...(accounts !== undefined && { accounts }) }));
        },
      });
    case 'behaviour':
      return by(call, {
        GET: () => json(200, sandbox.behaviour(first)),
        POST: () => {
          sandbox.behave(first, behaviourSchema.parse(body(call)));
          return json(200, sandbox.behaviour(first));
        },
      });
    case 'redirect-uris':
      return by(call, {
        GET: () => json(200, sandbox.login(first).redirectUris()),
        POST: () => {
          sandbox.login(first).registerRedirect(redirectSchema.parse(body(call)).redirectUri);
          return done();
        },
      });
    default:
      return nothingHere();
  }
}

/** What a person does with what they allowed, or what time does. */
function personCall(sandbox: Sandbox, call: Call, { network, personId, deed }: { network: string; personId: string; deed: string | undefined }): Answer | Promise<Answer> {
  const login = sandbox.login(network);
  const person = decodeURIComponent(personId);
  switch (deed) {
    case 'revoke':
      return by(call, {
        POST: () => {
          login.revoke(person);
          return done();
        },
      });
    case 'expire':
      return by(call, {
        POST: () => {
          login.expire(person, expirySchema.parse(optionalBody(call)).inSeconds);
          return done();
        },
      });
    default:
      return nothingHere();
  }
}

function by(call: Call, handlers: Readonly<Record<string, () => Answer | Promise<Answer>>>): Answer | Promise<Answer> {
  const handler = handlers[call.method];
  if (handler !== undefined) return handler();
  const allow = Object.keys(handlers).join(', ');
  return json(405, { error: `${call.method} is not known here, but ${allow}.` }, { allow });
}

function optionalBody(call: Call): unknown {
  return call.body.byteLength === 0 ? {} : body(call);
}

function body(call: Call): unknown {
  const text = Buffer.from(call.body).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SandboxError(`The body is not JSON: ${String(cause)}`, { cause });
  }
}

function done(): Answer {
  return { status: 204, headers: {}, body: '' };
}

function nothingHere(): Answer {
  return json(404, { error: 'Nothing is here: see docs/sandbox.md.' });
}
