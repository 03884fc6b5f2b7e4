/** Shows a result in an editor: at the right lines, lit up, in a preview tab or for good. */
import * as vscode from 'vscode';
import type { Hit } from './folders.ts';
import { showCell } from './notebook.ts';

/**
 * `preview` and, in the group beside the active one, `beside` leave the focus where it is; `walk` goes to a preview; `open`
 * and `side` move into an editor that stays.
 */
export type How = 'preview' | 'beside' | 'walk' | 'open' | 'side';

type Place = Pick<Hit, 'uri' | 'cell' | 'startLine' | 'endLine' | 'snippet' | 'terms'>;

/** Lines; the cursor goes to the top of a result that is no longer than this. */
const seenAtOnce = 30;
const definition =
  /^\s*(export |default |public |private |protected |static |async |abstract |pub |func? |function |def |class |interface |type |struct |enum |trait |impl |const |let |var |#{1,6} )/;

export class Preview implements vscode.Disposable {
  readonly #light = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.rangeHighlightForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
  });
  /** High contrast themes have no background for this. */
  readonly #edge = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    borderColor: new vscode.ThemeColor('contrastActiveBorder'),
    borderStyle: 'solid',
    borderWidth: '0 0 0 3px',
  });
  readonly #subscriptions: vscode.Disposable;
  #lit: vscode.TextEditor | undefined;
  /** The file that is shown only to be looked at. */
  #passing: string | undefined;

  constructor() {
    this.#subscriptions = vscode.Disposable.from(
      this.#light,
      this.#edge,
      // The light has done its work once the reader moves the cursor or types.
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
        if (textEditor === this.#lit && kind !== undefined) this.clear();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document === this.#lit?.document && contentChanges.length > 0) this.clear();
      }),
    );
  }

  async show(place: Place, how: How): Promise<void> {
    const isPassing = how === 'preview' || how === 'beside' || how === 'walk';
    this.#passing = isPassing ? place.uri.toString() : undefined;
    const options = {
      preview: isPassing,
      preserveFocus: how === 'preview' || how === 'beside',
      ...((how === 'side' || how === 'beside') && { viewColumn: vscode.ViewColumn.Beside }),
    };
    if (await showCell(place, options)) return;
    const document = await vscode.workspace.openTextDocument(place.uri);
    const range = rangeOf(document, place);
    const cursor = cursorIn(document, range, place.terms);
    const editor = await vscode.window.showTextDocument(document, {
      ...options,
      selection: new vscode.Range(cursor, cursor),
    });
    const shown = new vscode.Range(cursor, range.end);
    editor.revealRange(shown, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    this.clear();
    editor.setDecorations(isHighContrast() ? this.#edge : this.#light, [range]);
    this.#lit = editor;
  }

  /** Whether a file is there because the user looks at a result, rather than by their choice. */
  isPassing(uri: vscode.Uri): boolean {
    return uri.toString() === this.#passing;
  }

  clear(): void {
    for (const decoration of [this.#light, this.#edge]) this.#lit?.setDecorations(decoration, []);
    this.#lit = undefined;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

function isHighContrast(): boolean {
  const { kind } = vscode.window.activeColorTheme;
  return kind === vscode.ColorThemeKind.HighContrast || kind === vscode.ColorThemeKind.HighContrastLight;
}

/** The lines of a result, moved to where its text now stands when the document was edited since. */
function rangeOf(document: vscode.TextDocument, place: Place): vscode.Range {
  const last = document.lineCount - 1;
  const height = Math.min(place.endLine - place.startLine, last);
  let start = Math.min(place.startLine - 1, last);
  const lines = place.snippet.split(/\r?\n/);
  const offset = lines.findIndex((text) => text.trim());
  const text = lines[offset];
  if (text !== undefined) start = nearestLine(document, text, start + offset) - offset;
  start = Math.max(0, Math.min(start, last));
  const end = Math.min(start + height, last);
  const first = document.lineAt(start);
  return new vscode.Range(start, first.firstNonWhitespaceCharacterIndex, end, document.lineAt(end).text.length);
}

/** The start of a result; in a long one, the first definition or heading that has a word of the query in it. */
function cursorIn(document: vscode.TextDocument, range: vscode.Range, terms: readonly string[]): vscode.Position {
  if (range.end.line - range.start.line < seenAtOnce) return range.start;
  for (let line = range.start.line; line <= range.end.line; line++) {
    const { text, firstNonWhitespaceCharacterIndex } = document.lineAt(line);
    if (!definition.test(text)) continue;
    const lower = text.toLowerCase();
    if (terms.some((term) => lower.includes(term))) return new vscode.Position(line, firstNonWhitespaceCharacterIndex);
  }
  return range.start;
}

/** The line nearest to `expected` that reads `text`; `expected` itself when none does. 0-based. */
function nearestLine(document: vscode.TextDocument, text: string, expected: number): number {
  for (let away = 0; away < document.lineCount; away++) {
    for (const line of [expected - away, expected + away]) {
      if (line >= 0 && line < document.lineCount && document.lineAt(line).text === text) return line;
    }
  }
  return expected;
}

/** The editor as it was, to come back to when the reader only looked around. */
export class Bookmark {
  readonly #editor = vscode.window.activeTextEditor;
  readonly #selections = this.#editor?.selections;
  readonly #visible = this.#editor?.visibleRanges[0];
  readonly #wasPreview = vscode.window.tabGroups.activeTabGroup.activeTab?.isPreview ?? false;
  readonly #tabs = new Set(allTabs().map(keyOf));

  /** Shows that editor again as it was, and closes the tabs that were only there for the look around. */
  async restore(looked: ReadonlySet<string>): Promise<void> {
    if (this.#editor) {
      const editor = await vscode.window.showTextDocument(this.#editor.document, {
        preview: this.#wasPreview,
        ...(this.#editor.viewColumn && { viewColumn: this.#editor.viewColumn }),
      });
      if (this.#selections) editor.selections = this.#selections;
      if (this.#visible) {
        const top = new vscode.Range(this.#visible.start, this.#visible.start);
        editor.revealRange(top, vscode.TextEditorRevealType.AtTop);
      }
    }
    const leftover = allTabs().filter(
      (tab) => !this.#tabs.has(keyOf(tab)) && looked.has(uriOf(tab) ?? '') && !tab.isDirty,
    );
    if (leftover.length > 0) await vscode.window.tabGroups.close(leftover, true);
  }
}

function allTabs(): vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs);
}

function keyOf(tab: vscode.Tab): string {
  return `${tab.group.viewColumn} ${uriOf(tab) ?? tab.label}`;
}

function uriOf(tab: vscode.Tab): string | undefined {
  return tab.input instanceof vscode.TabInputText ? tab.input.uri.toString() : undefined;
}
