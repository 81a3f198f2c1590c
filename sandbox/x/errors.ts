import { json } from '../http.ts';
import { Refusal } from '../refusal.ts';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Invalid Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found Error',
  429: 'Too Many Requests',
};

export interface Problem {
  readonly detail: string;
  /** `about:blank` if left out. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal in the form of the API v2. */
export function refuse(status: number, { detail, type = 'about:blank', headers = {} }: Problem): Refusal {
  return new Refusal(json(status, { title: TITLES[status] ?? 'Error', detail, type, status }, headers));
}

/** A parameter or a field that is not known, is missing, or has the wrong form. */
export function invalid(...messages: readonly string[]): Refusal {
  return new Refusal(
    json(400, {
      errors: messages.map((message) => ({ parameters: {}, message })),
      title: 'Invalid Request',
      detail: 'One or more parameters to your request was invalid.',
      type: 'https://api.twitter.com/2/problems/invalid-request',
    }),
  );
}

/** A refusal of the token endpoint, in the shape of RFC 6749 section 5.2. */
export function refuseToken(status: number, error: string, description: string): Refusal {
  return new Refusal(json(status, { error, error_description: description }));
}
