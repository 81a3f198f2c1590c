import * as z from 'zod';

/** `LinkForm` where it comes back from storage, or from another function. */
export const linkForm = z.object({
  heading: z.string(),
  text: z.array(z.string()),
  help: z.object({ label: z.string(), url: z.string() }).nullable(),
  fields: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      type: z.enum(['text', 'password']),
      hint: z.string().nullable(),
      initial: z.string(),
      autocomplete: z.enum(['username', 'current-password', 'off']),
    }),
  ),
});
