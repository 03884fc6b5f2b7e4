/** From what the view's boxes say to what stands under them: an answer, or what to say instead. */
import type * as vscode from 'vscode';
import type { Filters } from '../worker/protocol.ts';
import { learns, maxResults } from './config.ts';
import { codeOf, sentenceOf } from './errors.ts';
import type { Answer, Folders, Paths } from './folders.ts';
import { globsIn } from './globs.ts';
import type { Recent } from './recent.ts';
import { scopeOf, type Scope } from './scope.ts';
import { similarQuery, type Source } from './similar.ts';
import type { Notice, Search } from './view-messages.ts';
import { failed, idleNotice, nothingFound, nowhereToLook } from './view-results.ts';

/** A question: a place that similar ones are sought for, or else the query. */
interface Question {
  readonly source?: Source;
  /** Trimmed. */
  readonly question?: string;
  /** The boxes as they were. */
  readonly search: Search;
}

/** What was asked, and what came of it. */
export interface Content extends Question {
  readonly scope: Scope;
  /** Whether results can be judged as more or less of what was meant. */
  readonly canJudge: boolean;
  readonly answer?: Answer;
  readonly notice?: Notice;
}

/** How a question is asked once more. */
interface Again {
  /** The scope, which must not move. */
  readonly scope?: Scope;
  /** Whether to wait until the model has read the first candidates. */
  readonly sharp?: boolean;
}

/**
 * What to show for a question; undefined when it was given up.
 * @param run hands the signal that gives the question up
 */
export async function contentFor(
  question: Question,
  again: Again,
  { folders, recent }: { readonly folders: Folders; readonly recent: Recent },
  current: vscode.Uri | undefined,
  run: (ask: (signal: AbortSignal) => Promise<Answer>) => Promise<Answer>,
): Promise<Content | undefined> {
  const { source, search } = question;
  const canJudge = Boolean(question.question) && learns();
  let scope = again.scope ?? {};
  const content = (rest: Pick<Content, 'answer' | 'notice'>): Content => ({ ...question, scope, canJudge, ...rest });
  if (!source && !question.question) return content({ notice: idleNotice(folders, recent.queries) });
  try {
    scope = again.scope ?? (await scopeOf(search.scope, folders, current));
    if (scope.empty !== undefined) return content({ notice: nowhereToLook(scope.empty) });
    const { sharp = false } = again;
    const answer = await run((signal) =>
      ask({ ...question, sharp, top: maxResults(), ...(scope.paths && { scope: scope.paths }), signal }, folders),
    );
    if (answer.hits.length > 0) return content({ answer });
    return content({ answer, notice: nothingFound(search, folders, source !== undefined) });
  } catch (error) {
    return codeOf(error) === 'cancelled' ? undefined : content({ notice: failed(sentenceOf(error)) });
  }
}

interface Asked extends Question {
  readonly top: number;
  readonly sharp?: boolean;
  readonly scope?: Paths;
  readonly signal?: AbortSignal;
}

export function ask({ source, question = '', search, ...asked }: Asked, folders: Folders): Promise<Answer> {
  const { top, sharp, scope, signal } = asked;
  const rest = { top, ...filtersOf(search) };
  if (!source) return folders[sharp ? 'sharpen' : 'search']({ query: question, ...rest }, scope, signal);
  return folders.similar(top, (root) => similarQuery(source, root, folders, rest), scope, signal);
}

/** What the boxes say besides the query. */
export function filtersOf({ kind, include, exclude }: Pick<Search, 'kind' | 'include' | 'exclude'>): Filters {
  const included = globsIn(include);
  const excluded = globsIn(exclude);
  return {
    ...(kind !== 'all' && { kind }),
    ...(included.length > 0 && { include: included }),
    ...(excluded.length > 0 && { exclude: excluded }),
  };
}

/** Whether the page would show the same, but for the time that it took. */
export function isSameAnswer(a: Content, b: Content): boolean {
  const told = (content: Content): string =>
    JSON.stringify(content, (key, value: unknown) =>
      key === 'ms' || key === 'scope' || key === 'root' ? null : value,
    );
  return told(a) === told(b);
}
