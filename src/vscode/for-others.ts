/** The API for other extensions, over the folders of the workspace. */
import * as vscode from 'vscode';
import type { NearbyAnswer, NearbyApi, NearbyOptions, NearbyResult, NearbyStatus } from './api.ts';
import type { Answer, Folders, Hit, OpenFolder } from './folders.ts';
import { similarQuery, type Source } from './similar.ts';

export function apiOf(folders: Folders): NearbyApi {
  return {
    version: 1,
    search: (query, options = {}) =>
      asked(options, (signal) => folders.search({ query, ...filtersOf(options) }, undefined, signal)),
    similar: (source, options = {}) =>
      asked(options, (signal) => {
        const rest = filtersOf(options);
        return folders.similar(
          rest.top,
          async (root) =>
            typeof source === 'string'
              ? { ...rest, path: '', text: source }
              : similarQuery(sourceOf(source), root, folders, rest),
          undefined,
          signal,
        );
      }),
    status: () => folders.all.map(statusOf),
    onDidChangeIndex: folders.onDidChange,
  };
}

async function asked({ token }: NearbyOptions, ask: (signal: AbortSignal) => Promise<Answer>): Promise<NearbyAnswer> {
  const abort = new AbortController();
  if (token?.isCancellationRequested) abort.abort();
  const subscription = token?.onCancellationRequested(() => abort.abort());
  try {
    const { tier, hits, failures } = await ask(abort.signal);
    return { tier, results: hits.map(resultOf), failures };
  } finally {
    subscription?.dispose();
  }
}

function filtersOf({ top = 10, kind, include, exclude }: NearbyOptions) {
  return { top, ...(kind && { kind }), ...(include && { include }), ...(exclude && { exclude }) };
}

function sourceOf(source: vscode.Uri | vscode.Location): Source {
  if (source instanceof vscode.Uri) return { uri: source, label: '' };
  const { start, end } = source.range;
  // One that ends before the first character of a line does not take that line in.
  const endLine = end.character === 0 && end.line > start.line ? end.line : end.line + 1;
  return { uri: source.uri, startLine: start.line + 1, endLine, label: '' };
}

function resultOf({ uri, startLine, endLine, kind, symbol, breadcrumb, score, reasons, snippet }: Hit): NearbyResult {
  const range = new vscode.Range(startLine - 1, 0, endLine, 0);
  return { uri, range, kind, symbol, breadcrumb, score, reasons, snippet };
}

function statusOf({ root, status, failure }: OpenFolder): NearbyStatus {
  const message = failure ?? status?.message;
  return {
    folder: root,
    state: failure === undefined ? (status?.state ?? 'opening') : 'failed',
    ...(message !== undefined && { message }),
    files: status?.files ?? 0,
    chunks: status?.chunks ?? 0,
    embedded: status?.embedded ?? 0,
  };
}
