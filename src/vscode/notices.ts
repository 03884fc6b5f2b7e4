/** Sentences that the user has to see, with the way to the log. */
import * as vscode from 'vscode';

export function showFailure(sentence: string): Promise<void> {
  return show(vscode.window.showErrorMessage, sentence);
}

/** What went wrong and was made good. */
export function showNotice(sentence: string): Promise<void> {
  return show(vscode.window.showWarningMessage, sentence);
}

async function show(
  message: (sentence: string, action: string) => Thenable<string | undefined>,
  sentence: string,
): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  if ((await message(sentence, showLog)) === showLog) await vscode.commands.executeCommand('nearby.showLog');
}
