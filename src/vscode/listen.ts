/** The boundary to the webviews: what a page says is checked before anything acts on it. */
import type * as vscode from 'vscode';
import type { Messages } from './page-messages.ts';

interface Subscription {
  dispose(): unknown;
}

/** The part of a webview that its page's messages come from. */
interface Sender {
  onDidReceiveMessage(listener: (said: unknown) => unknown): Subscription;
}

/** Hands on the messages of a page, in their order; one that the page has no reason to send is refused and logged. */
export function listenTo<Page extends keyof Messages>(
  page: Page,
  webview: Sender,
  log: Pick<vscode.LogOutputChannel, 'warn'>,
  receive: (message: Messages[Page]) => void,
): Subscription {
  return webview.onDidReceiveMessage(async (said: unknown) => {
    // Not before a page is there: the editor's start does not wait for it.
    const { check } = await import('./page-messages.ts');
    const { message, wrong } = check(page, said);
    if (message) receive(message);
    else log.warn(`A message from the page "${page}" was refused: ${wrong}.`);
  });
}
