/** From the editor's tokens of cancellation to the signals that the worker's client takes. */
import type * as vscode from 'vscode';

/** @param token absent where nobody can cancel */
export async function abortable<T>(
  token: vscode.CancellationToken | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  if (token?.isCancellationRequested) abort.abort();
  const subscription = token?.onCancellationRequested(() => abort.abort());
  try {
    return await work(abort.signal);
  } finally {
    subscription?.dispose();
  }
}
