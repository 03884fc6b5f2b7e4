/** The way to the extension, and what the editor keeps for the page while it is hidden. */
import type { FromView, Search } from '../../src/vscode/view-messages.ts';

/** What is kept while the page is hidden, and across reloads. */
export interface State {
  readonly search: Search;
  readonly filtersShown: boolean;
  /** Keys of groups. */
  readonly collapsed: readonly string[];
  /** Key of a row. */
  readonly selected: string;
  /** How far the results were scrolled, in pixels. */
  readonly top: number;
}

interface Host {
  postMessage(message: FromView): void;
  getState(): unknown;
  setState(state: State): void;
}

/** Found in every webview; no module gives it. */
declare function acquireVsCodeApi(): Host;

const host = acquireVsCodeApi();

export const noSearch: Search = { query: '', kind: 'all', scope: 'workspace', include: '', exclude: '' };

const before = host.getState() as Partial<State> | undefined;
let state: State = {
  filtersShown: false,
  collapsed: [],
  selected: '',
  top: 0,
  ...before,
  search: { ...noSearch, ...before?.search },
};

/** What was kept, as it now is. */
export function kept(): State {
  return state;
}

export function keep(changes: Partial<State>): void {
  state = { ...state, ...changes };
  host.setState(state);
}

export function post(message: FromView): void {
  host.postMessage(message);
}
