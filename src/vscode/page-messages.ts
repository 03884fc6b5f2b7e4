/**
 * What the pages of the webviews may say, to the last property. No message has a path, a URI or a command in it: a page
 * names a file by its number in what it was sent.
 */
import * as z from 'zod/mini';
import type { FileGroup } from '../worker/protocol.ts';
import type { FromMap } from './map-messages.ts';
import { fileActions, folderActions, mostFiles, type FromReport } from './report-messages.ts';
import { actions, focuses, itemCommands, scopes, type FromView } from './view-messages.ts';

/** By the page that sends them. */
export interface Messages {
  readonly view: FromView;
  readonly report: FromReport;
  readonly map: FromMap;
}

/** More than anybody types, and little enough to be searched for. UTF-16 units. */
const longestText = 100_000;

const count = z.int().check(z.gte(0));
const typed = z.string().check(z.maxLength(longestText));

const search = z.strictObject({
  query: typed,
  kind: z.enum(['all', 'code', 'docs']),
  scope: z.enum(scopes),
  include: typed,
  exclude: typed,
});
const result = { answer: count, item: count };

const fromView: z.ZodMiniType<FromView> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready'), seq: count, search }),
  z.strictObject({ type: z.literal('search'), seq: count, search, enter: z.boolean() }),
  z.strictObject({ type: z.literal('leaveSimilar'), seq: count, search }),
  z.strictObject({ type: z.literal('open'), ...result, how: z.enum(['preview', 'open']) }),
  z.strictObject({
    type: z.literal('selected'),
    answer: count,
    item: z.int().check(z.gte(-1)),
    focus: z.enum(focuses),
  }),
  z.strictObject({ type: z.literal('run'), command: z.enum(itemCommands), ...result }),
  z.strictObject({ type: z.literal('act'), action: z.enum(actions) }),
]);

const groups: Readonly<Record<FileGroup, FileGroup>> = {
  ignored: 'ignored',
  binary: 'binary',
  minified: 'minified',
  'too-large': 'too-large',
  empty: 'empty',
  secret: 'secret',
  symlink: 'symlink',
  'not-a-file': 'not-a-file',
  unreadable: 'unreadable',
  waiting: 'waiting',
};
const list = { folder: typed, group: z.enum(groups) };

const fromReport: z.ZodMiniType<FromReport> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('note'), note: count, action: count }),
  z.strictObject({ type: z.literal('act'), folder: typed, action: z.enum(folderActions) }),
  z.strictObject({
    type: z.literal('list'),
    ...list,
    containing: typed,
    from: count,
    count: z.int().check(z.gte(0), z.lte(mostFiles)),
  }),
  z.strictObject({ type: z.literal('file'), ...list, item: count, action: z.enum(fileActions) }),
]);

const fromMap: z.ZodMiniType<FromMap> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({
    type: z.literal('open'),
    file: count,
    chunk: z.int().check(z.gte(-1)),
    how: z.enum(['beside', 'side', 'open']),
  }),
  z.strictObject({ type: z.literal('search'), query: typed }),
  z.strictObject({ type: z.literal('refresh') }),
]);

const messages: { readonly [Page in keyof Messages]: z.ZodMiniType<Messages[Page]> } = {
  view: fromView,
  report: fromReport,
  map: fromMap,
};

/** What a page said, if it is one of its messages; otherwise what is wrong with it, without repeating any of it. */
export function check<Page extends keyof Messages>(
  page: Page,
  said: unknown,
): { readonly message: Messages[Page]; readonly wrong?: never } | { readonly message?: never; readonly wrong: string } {
  const { data, error } = messages[page].safeParse(said);
  return error ? { wrong: error.issues.map(wrongIn).join(', ') } : { message: data };
}

/** `search.kind: invalid_value` */
function wrongIn({ path, code }: z.core.$ZodIssue): string {
  return [path.join('.'), code].filter(Boolean).join(': ');
}
