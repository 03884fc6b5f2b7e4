/** "Find Similar": what the user means by it here (a selection, the definition at the cursor, a file), and the question. */
import * as vscode from 'vscode';
import type { SimilarQuery } from '../worker/protocol.ts';
import { pathIn, type Folders, type Hit } from './folders.ts';

/** The text that similar places are sought for. Lines are 1-based and inclusive; without them, the whole file. */
export interface Source {
  readonly uri: vscode.Uri;
  readonly startLine?: number;
  readonly endLine?: number;
  /** What the user knows it by: a function's name, or the file's. */
  readonly label: string;
}

/** Language servers that take longer than this are not waited for. */
const symbolsMs = 1000;

const definitions: ReadonlySet<vscode.SymbolKind> = new Set([
  vscode.SymbolKind.Function,
  vscode.SymbolKind.Method,
  vscode.SymbolKind.Constructor,
  vscode.SymbolKind.Class,
  vscode.SymbolKind.Interface,
  vscode.SymbolKind.Struct,
  vscode.SymbolKind.Enum,
]);
/** Kinds that name a definition only when they are long enough: `const f = () => {...}`, a heading's section. */
const perhapsDefinitions: ReadonlySet<vscode.SymbolKind> = new Set([
  vscode.SymbolKind.Variable,
  vscode.SymbolKind.Constant,
  vscode.SymbolKind.Property,
  vscode.SymbolKind.Field,
  vscode.SymbolKind.String,
]);
const linesOfADefinition = 3;

/**
 * What a menu hands over: the Explorer a file and a list of all that are chosen, the Source Control view a changed file, and
 * the change that is looked at in an editor its file, all changes of it and which of them it is; undefined for anything
 * else, as from the editor's own menu and the palette.
 */
export function sourceOfMenu(target: unknown, chosen: unknown, index: unknown): Source | undefined {
  if (isChangedFile(target)) return sourceOfFile(target.resourceUri);
  if (!(target instanceof vscode.Uri) || !Array.isArray(chosen)) return undefined;
  const change: unknown = typeof index === 'number' ? chosen[index] : undefined;
  if (!isLineChange(change)) return sourceOfFile(target);
  const { modifiedStartLineNumber, modifiedEndLineNumber } = change;
  const startLine = Math.max(1, modifiedStartLineNumber);
  // Where lines were only taken away, the end is 0: the line before the place stands for it.
  return { uri: target, startLine, endLine: Math.max(startLine, modifiedEndLineNumber), label: nameOf(target) };
}

/** As the editor has them; lines are 1-based. */
interface LineChange {
  readonly modifiedStartLineNumber: number;
  readonly modifiedEndLineNumber: number;
}

function isChangedFile(target: unknown): target is Pick<vscode.SourceControlResourceState, 'resourceUri'> {
  return (
    typeof target === 'object' && target !== null && 'resourceUri' in target && target.resourceUri instanceof vscode.Uri
  );
}

function isLineChange(change: unknown): change is LineChange {
  if (typeof change !== 'object' || change === null) return false;
  const { modifiedStartLineNumber, modifiedEndLineNumber } = change as Partial<LineChange>;
  return typeof modifiedStartLineNumber === 'number' && typeof modifiedEndLineNumber === 'number';
}

function sourceOfFile(uri: vscode.Uri): Source {
  return { uri, label: nameOf(uri) };
}

export function sourceOfHit({ uri, startLine, endLine, symbol }: Hit): Source {
  return { uri, startLine, endLine, label: symbol || nameOf(uri) };
}

/** The selection, or else the definition at the cursor, or else the cursor's line, which the engine widens. */
export async function sourceAtCursor(editor: vscode.TextEditor): Promise<Source> {
  const { document, selection } = editor;
  const { uri } = document;
  if (!selection.isEmpty) return { uri, ...linesOf(selection), label: nameOf(uri) };
  const symbol = innermost(await symbolsOf(uri), selection.active);
  if (symbol) {
    return { uri, startLine: symbol.range.start.line + 1, endLine: symbol.range.end.line + 1, label: symbol.name };
  }
  const line = selection.active.line + 1;
  return { uri, startLine: line, endLine: line, label: nameOf(uri) };
}

/** The lines of a range, 1-based and inclusive. One that ends before the first character of a line does not take it in. */
export function linesOf({ start, end }: vscode.Range): { readonly startLine: number; readonly endLine: number } {
  const startLine = start.line + 1;
  return { startLine, endLine: Math.max(startLine, end.character === 0 ? end.line : end.line + 1) };
}

/** `src/http/retry.ts:12-40` */
export function whereIs(source: Source, folders: Folders): string {
  const path = folders.locate(source.uri)?.path ?? nameOf(source.uri);
  if (source.startLine === undefined) return path;
  const to = source.endLine === source.startLine ? '' : `-${source.endLine ?? ''}`;
  return `${path}:${source.startLine}${to}`;
}

/** The question for one folder. Text goes along when the disk does not have it: unsaved, or in another folder. */
export async function similarQuery(
  source: Source,
  root: vscode.WorkspaceFolder,
  folders: Folders,
  rest: Pick<SimilarQuery, 'top' | 'kind' | 'include' | 'exclude'>,
): Promise<SimilarQuery> {
  const path = pathIn(root, source.uri);
  const shown = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === source.uri.toString());
  let text = shown?.isDirty || shown?.isUntitled ? shown.getText() : undefined;
  if (path === undefined) text ??= (await vscode.workspace.openTextDocument(source.uri)).getText();
  return {
    ...rest,
    // A path that no file of the folder has, or that file would be left out as the place itself.
    path: path ?? `../${folders.locate(source.uri)?.path ?? nameOf(source.uri)}`,
    ...(text !== undefined && { text }),
    ...(source.startLine !== undefined && { startLine: source.startLine }),
    ...(source.endLine !== undefined && { endLine: source.endLine }),
  };
}

/** Whether similar places can be sought: a file in an open folder, or a text that was never saved. */
export function canFindSimilar(uri: vscode.Uri, folders: Folders): boolean {
  return folders.all.length > 0 && (uri.scheme === 'untitled' || folders.locate(uri) !== undefined);
}

async function symbolsOf(uri: vscode.Uri): Promise<vscode.DocumentSymbol[]> {
  const asked = vscode.commands.executeCommand<(vscode.DocumentSymbol | vscode.SymbolInformation)[] | undefined>(
    'vscode.executeDocumentSymbolProvider',
    uri,
  );
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), symbolsMs));
  const symbols = (await Promise.race([asked, late])) ?? [];
  return symbols.filter((symbol): symbol is vscode.DocumentSymbol => 'children' in symbol && 'range' in symbol);
}

function innermost(
  symbols: readonly vscode.DocumentSymbol[],
  position: vscode.Position,
): vscode.DocumentSymbol | undefined {
  for (const symbol of symbols) {
    if (!symbol.range.contains(position)) continue;
    return innermost(symbol.children, position) ?? (isDefinition(symbol) ? symbol : undefined);
  }
  return undefined;
}

function isDefinition({ kind, range }: vscode.DocumentSymbol): boolean {
  const lines = range.end.line - range.start.line + 1;
  return definitions.has(kind) || (perhapsDefinitions.has(kind) && lines >= linesOfADefinition);
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
