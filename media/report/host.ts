/** The extension at the other end, and what the page remembers when it is hidden or loaded again. */
import type { FromReport } from '../../src/vscode/report-messages.ts';

interface Remembered {
  /** Lists that are open: the folder's key and the group. */
  readonly open: readonly string[];
}

declare function acquireVsCodeApi(): {
  postMessage(message: FromReport): void;
  getState(): Remembered | undefined;
  setState(state: Remembered): void;
};

const api = acquireVsCodeApi();

export function tell(message: FromReport): void {
  api.postMessage(message);
}

const open = new Set(api.getState()?.open);

export function isOpen(list: string): boolean {
  return open.has(list);
}

export function setOpen(list: string, isNowOpen: boolean): void {
  if (isNowOpen) open.add(list);
  else open.delete(list);
  api.setState({ open: [...open] });
}

/** A label of the page, in the user's language. */
export function label(
  name: 'filter' | 'open' | 'rule' | 'include' | 'health' | 'figures' | 'more' | 'nothing',
): string {
  return document.getElementById('folders')?.dataset[name] ?? '';
}
