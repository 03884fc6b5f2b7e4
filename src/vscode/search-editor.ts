/** The results as a document of VS Code's own Search Editor: to be kept, edited, saved; a line leads to its place. */
import * as vscode from 'vscode';
import { visible } from '../core/visible.ts';
import type { Hit } from './folders.ts';
import { n } from './progress.ts';
import { tellingLines } from './snippet.ts';
import type { Search } from './view-messages.ts';

/** What the view shows. */
export interface Results {
  readonly title: string;
  readonly search: Search;
  /** File by file, in the order shown. */
  readonly files: readonly (readonly Hit[])[];
}

const language = 'search-result';

/** Opens a Search Editor and fills it; where there is none, an untitled document in its language. */
export async function openInSearchEditor(results: Results): Promise<void> {
  await vscode.commands.executeCommand('search.action.openNewEditor', {
    query: results.title,
    filesToInclude: results.search.include,
    filesToExclude: results.search.exclude,
    showIncludesExcludes: Boolean(results.search.include || results.search.exclude),
    triggerSearch: false,
    focusResults: true,
  });
  const text = resultLines(results).join('\n');
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId === language) {
    const whole = new vscode.Range(0, 0, editor.document.lineCount, 0);
    if (await editor.edit((edit) => edit.replace(whole, text))) return;
  }
  const content = `# Query: ${results.title.replace(/\n/g, '\\n')}\n\n${text}`;
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language, content }));
}

/** The body: how much there is, and each file with its lines as the Search Editor's own language has them. */
function resultLines({ files }: Results): string[] {
  const count = files.flat().length;
  const lines = [
    count === 1 ? vscode.l10n.t('1 result') : vscode.l10n.t('{0} results in {1} files', n(count), n(files.length)),
    '',
  ];
  for (const hits of files) {
    const [first] = hits;
    if (first) lines.push(`${pathOf(first)}:`, ...linesOf(hits), '');
  }
  return lines;
}

/** As the Search Editor finds it again: with the name of its folder where there are several. */
function pathOf({ path, root }: Hit): string {
  return visible((vscode.workspace.workspaceFolders?.length ?? 0) > 1 ? `${root.name} • ${path}` : path);
}

/** `  12: a line with a match`, `  13  one without`; in the order of the file, each line once. */
function linesOf(hits: readonly Hit[]): string[] {
  const known = new Map<number, string>();
  for (const hit of hits) {
    const lines = hit.snippet.split(/\r?\n/);
    const telling = new Set(
      tellingLines(hit, lines.length).flatMap(({ line, marks }) => (marks.length > 0 ? [line] : [])),
    );
    lines.forEach((text, i) => {
      const line = hit.startLine + i;
      const mark = i === 0 || telling.has(line) ? ': ' : '  ';
      if (!known.get(line)?.startsWith(':')) known.set(line, mark + text);
    });
  }
  const numbers = [...known.keys()].sort((a, b) => a - b);
  const width = String(numbers.at(-1) ?? 0).length;
  return numbers.flatMap((line, i) => [
    ...(i > 0 && numbers[i - 1] !== line - 1 ? [''] : []),
    `  ${String(line).padStart(width)}${known.get(line) ?? ''}`,
  ]);
}
