/** The API for other extensions, over the folders of the workspace. */
import * as vscode from 'vscode';
import { abortable } from './abortable.ts';
import type { NearbyAnswer, NearbyApi, NearbyOptions, NearbyResult, NearbyStatus } from './api.ts';
import type { Answer, Folders, Hit, OpenFolder } from './folders.ts';
import { stateOf } from './progress.ts';
import { linesOf, similarQuery, type Source } from './similar.ts';

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
  const { tier, hits, failures } = await abortable(token, ask);
  return { tier, results: hits.map(resultOf), failures };
}

function filtersOf({ top = 10, kind, include, exclude }: NearbyOptions) {
  return { top, ...(kind && { kind }), ...(include && { include }), ...(exclude && { exclude }) };
}

function sourceOf(source: vscode.Uri | vscode.Location): Source {
  if (source instanceof vscode.Uri) return { uri: source, label: '' };
  return { uri: source.uri, ...linesOf(source.range), label: '' };
}

function resultOf({ uri, startLine, endLine, kind, symbol, breadcrumb, score, reasons, snippet }: Hit): NearbyResult {
  const range = new vscode.Range(startLine - 1, 0, endLine, 0);
  return { uri, range, kind, symbol, breadcrumb, score, reasons, snippet };
}

function statusOf(folder: OpenFolder): NearbyStatus {
  const { root, status, failure } = folder;
  const message = failure ?? status?.message;
  return {
    folder: root,
    state: stateOf(folder),
    ...(message !== undefined && { message }),
    files: status?.files ?? 0,
    chunks: status?.chunks ?? 0,
    embedded: status?.embedded ?? 0,
  };
}
