/** `#nearby`: the search as a tool of the editor's language models, which a chat can name as well. */
import * as vscode from 'vscode';
import { answerAsText, defaultMaxTokens } from '../core/as-text.ts';
import { abortable } from './abortable.ts';
import type { Folders } from './folders.ts';
import { plain } from './plain.ts';
import { stateOfAll } from './states.ts';

/** As in package.json, where it is described to models. */
const toolName = 'nearby_search';

/** Asks for no confirmation: it only reads, and what it reads is in the workspace. */
export function registerTool(folders: Folders): vscode.Disposable {
  return vscode.lm.registerTool<{ readonly query?: unknown }>(toolName, {
    prepareInvocation: ({ input: { query } }) => ({
      invocationMessage:
        typeof query === 'string'
          ? vscode.l10n.t('Searching by meaning: {0}', plain(query))
          : vscode.l10n.t('Searching by meaning'),
    }),
    invoke: async ({ input, tokenizationOptions }, token) => {
      const { toolInput } = await import('./tool-input.ts'); // not before a model asks: the editor's start does not wait for it
      const query = toolInput(input);
      const state = stateOfAll(folders);
      if (folders.all.length === 0) throw new Error(state.detail);
      const { tier, hits, failures } = await abortable(token, (signal) => folders.search(query, undefined, signal));
      const results = hits.map((hit) => ({ ...hit, path: vscode.workspace.asRelativePath(hit.uri) }));
      const notes = [...failures, ...(state.id === 'complete' ? [] : [state.detail])];
      const { text } = await answerAsText(
        { tier, results, notes },
        tokenizationOptions
          ? {
              maxTokens: tokenizationOptions.tokenBudget,
              count: (part) => tokenizationOptions.countTokens(part, token),
            }
          : { maxTokens: defaultMaxTokens },
      );
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
    },
  });
}
