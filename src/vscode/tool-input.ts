/** What a language model may ask the tool for, as package.json describes it. */
import * as z from 'zod/mini';
import type { SearchQuery } from '../worker/protocol.ts';

const globs = z.exactOptional(z.array(z.string()));

const schema = z.object({
  query: z.string().check(z.minLength(1)),
  top: z._default(z.int().check(z.gte(1), z.lte(100)), 10),
  kind: z.exactOptional(z.enum(['code', 'docs'])),
  include: globs,
  exclude: globs,
});

/** @throws Error that says what is wrong with it, for the model to ask again */
export function toolInput(input: unknown): SearchQuery {
  const { success, data, error } = schema.safeParse(input);
  if (!success) throw new Error(z.prettifyError(error));
  return data;
}
