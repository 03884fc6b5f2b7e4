/** Opens VS Code with this extension for one test file, with nothing left over from other runs. */
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../../../tools/editor/cache.ts';
import { startEditor, type Editor, type EditorOptions } from '../../../tools/editor/editor.ts';
import { makeFolder } from './sample.ts';

export interface OpenOptions extends Omit<EditorOptions, 'extension' | 'folder'> {
  /** A packed extension, absolute; the one in this repository, as it is built, when not given. */
  readonly extension?: string;
  /** The sample project, in a fresh copy, when not given. */
  readonly folder?: string;
  /** Where Nearby keeps its indexes; a fresh folder when not given. */
  readonly home?: string;
}

export interface OpenEditor extends Editor {
  readonly folder: string;
  readonly home: string;
}

const open = new Set<OpenEditor>();

/** Resolves when the window is up. End it with `stop()`; the folders made for it go too. */
export async function openEditor(options: OpenOptions = {}): Promise<OpenEditor> {
  const made: string[] = [];
  const make = (files?: Record<string, string>, name?: string): string => {
    const folder = makeFolder(files, name);
    made.push(dirname(folder));
    return folder;
  };
  const folder = options.folder ?? make();
  const home = options.home ?? make({ '.keep': '' }, 'home');
  const removeMade = (): void => {
    for (const each of made) rmSync(each, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const env = { NEARBY_HOME: home, ...options.env };
    const editor = await startEditor({ tell: console.log, extension: root, ...options, env, folder });
    const stop = async (): Promise<void> => {
      open.delete(opened);
      await editor.stop();
      removeMade();
    };
    const opened = { ...editor, folder, home, stop };
    open.add(opened);
    return opened;
  } catch (error) {
    removeMade();
    throw error;
  }
}

/** Those that no test has stopped yet. */
export function openEditors(): readonly OpenEditor[] {
  return [...open];
}

export const screenshots = join(root, '.vscode-test/screenshots');
