/** The settings, read into the plain options that the engine takes. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ExcludeGlob, FolderOptions, Speed } from '../worker/protocol.ts';

/** Settings that change what the engine does with a folder: it is opened again when one of them changes. */
const engineSettings = [
  'nearby.exclude',
  'nearby.include',
  'nearby.maxFileSize',
  'nearby.speed',
  'nearby.home',
  'nearby.learn',
  'files.exclude',
];

export function folderOptions(root: vscode.WorkspaceFolder): FolderOptions {
  const settings = vscode.workspace.getConfiguration('nearby', root);
  const home = settings.get('home', '').trim();
  return {
    folder: root.uri.fsPath,
    ...(home && { home: home.startsWith('~') ? join(homedir(), home.slice(1)) : home }),
    exclude: excludeGlobs(root),
    include: includeGlobs(settings),
    maxFileSize: settings.get('maxFileSize', 1024) * 1024,
    speed: settings.get<Speed>('speed', 'normal'),
    learn: learns(),
  };
}

/** Whether what is opened and judged counts in later searches. */
export function learns(): boolean {
  return vscode.workspace.getConfiguration('nearby').get('learn', true);
}

/** How many results to ask for at the most. */
export function maxResults(): number {
  return vscode.workspace.getConfiguration('nearby').get('maxResults', 50);
}

export function changesEngine(event: vscode.ConfigurationChangeEvent, root: vscode.WorkspaceFolder): boolean {
  return engineSettings.some((setting) => event.affectsConfiguration(setting, root));
}

/** The globs of `files.exclude` and `nearby.exclude`; the latter wins, and may switch one of the former off. */
function excludeGlobs(root: vscode.WorkspaceFolder): ExcludeGlob[] {
  const read = (section: string): Record<string, unknown> =>
    vscode.workspace.getConfiguration(section, root).get<Record<string, unknown>>('exclude', {});
  const own = read('nearby');
  const globs = { ...read('files'), ...own };
  // A value that is an object (`{ "when": ... }`) depends on sibling files; such rules only tidy the Explorer.
  return Object.keys(globs)
    .filter((glob) => globs[glob] === true)
    .map((glob) => ({ glob, setting: glob in own ? 'nearby.exclude' : 'files.exclude' }));
}

function includeGlobs(settings: vscode.WorkspaceConfiguration): string[] {
  return settings.get<unknown[]>('include', []).filter((glob) => typeof glob === 'string');
}
