/** The index report's page: shows what it is told, and says what was pressed. */
import type { FolderShown, NoteShown, ToReport } from '../../src/vscode/report-messages.ts';
import { button, element, icon, whenChanged } from './dom.ts';
import { FolderView } from './folder.ts';
import { tell } from './host.ts';

const notes = byId('notes');
const folders = byId('folders');
const views = new Map<string, FolderView>();

const showNotes = whenChanged((shown: readonly NoteShown[]): void => {
  notes.replaceChildren(
    ...shown.map(({ icon: name, title, detail, actions }, note) => {
      const words = element('div', {}, element('strong', { text: title }), element('span', { text: detail }));
      const buttons = actions.map((label, action) =>
        button('primary', label, () => tell({ type: 'note', note, action })),
      );
      return element('section', { class: 'note' }, icon(name), words, element('div', { class: 'buttons' }, ...buttons));
    }),
  );
});

function showFolders(shown: readonly FolderShown[]): void {
  const gone = new Set(views.keys());
  for (const folder of shown) {
    gone.delete(folder.key);
    let view = views.get(folder.key);
    if (!view) {
      view = new FolderView(folder);
      views.set(folder.key, view);
      folders.append(view.root);
    }
    view.update(folder);
  }
  for (const key of gone) {
    views.get(key)?.root.remove();
    views.delete(key);
  }
}

window.addEventListener('message', ({ data }: MessageEvent<ToReport>) => {
  if (data.type === 'files') {
    views.get(data.folder)?.showFiles(data);
    return;
  }
  showNotes(data.notes);
  showFolders(data.folders);
  byId('log').hidden = data.folders.length === 0;
});
byId('log').addEventListener('click', () => tell({ type: 'act', folder: '', action: 'showLog' }));
tell({ type: 'ready' });

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element #${id}`);
  return found;
}
