import * as z from 'zod';

/** Of an OpenAPI document, what a reader can count on before knowing its version: the rest is what the specification says. */
export const openApiAnswer = z
  .looseObject({ openapi: z.string(), info: z.looseObject({}), paths: z.looseObject({}) })
  .meta({ description: 'This document (OpenAPI 3.1).' });

export const page = z.string().meta({ description: 'A page in HTML.' });

export const assetParams = z.strictObject({
  asset: z.string().meta({ description: 'The name of a file that the page loads.', examples: ['viewer.css'] }),
});

export const asset = z.string().meta({ description: 'A script, a style sheet or a text.' });
