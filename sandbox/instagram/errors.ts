import { json } from '../http.ts';
import { randomText } from '../random.ts';
import { Refusal } from '../refusal.ts';

export interface GraphError {
  readonly code: number;
  readonly subcode?: number;
  readonly message: string;
  /** 400 if left out. */
  readonly status?: number;
  readonly transient?: boolean;
  readonly type?: 'OAuthException' | 'IGApiException' | 'GraphMethodException';
}

/** A refusal in the shape of the Graph API. `code` and `error_subcode` are what clients decide by. */
export function refuse({ code, subcode, message, status = 400, transient = false, type = 'OAuthException' }: GraphError): Refusal {
  return new Refusal(
    json(status, {
      error: {
        message,
        type,
        code,
        ...(subcode !== undefined && { error_subcode: subcode, error_user_msg: message }),
        is_transient: transient,
        fbtrace_id: `A${randomText(22)}`,
      },
    }),
  );
}

/** The object of a call does not exist, or is not this account's. */
export function nothingThere(id: string): Refusal {
  return refuse({
    code: 100,
    subcode: 33,
    message: `There is no object ${id}, or it cannot be seen with this token.`,
    type: 'GraphMethodException',
  });
}

/** A parameter that is not known, comes twice, or has the wrong form. */
export function badParameter(name: string, problem: string): Refusal {
  return refuse({ code: 100, message: `The parameter ${name} is ${problem}.` });
}
