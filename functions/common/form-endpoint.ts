import type { Route } from '../http/route.ts';
import { tie } from './endpoint.ts';
import type { Endpoint, Serving } from './endpoint.ts';
import { readForm } from './form-body.ts';
import { parseForm } from './form-values.ts';

type FormRoute = Route & { readonly body: { readonly type: 'form' } };

/** Ties a function to its route, which takes a form. In a file of its own, since only one function carries the parser of forms. */
export function formEndpoint<R extends FormRoute, Ports, Found = null>(route: R, serving: Serving<R, Ports, Found>): Endpoint<Ports> {
  return tie(route, async (event) => parseForm(route.body.schema, await readForm(event)), serving);
}
