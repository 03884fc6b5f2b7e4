/** Every command, in one table; package.json gives each its title, icon and place. */
import * as vscode from 'vscode';
import type { WorkerClient } from '../worker/client.ts';
import type { Arrangement, Layout, Sort } from './arrangement.ts';
import { chooseFolder } from './choose-folder.ts';
import type { DuplicatesView } from './duplicates.ts';
import { sentenceOf } from './errors.ts';
import { evaluateSearch } from './evaluate.ts';
import type { Folders, Hit } from './folders.ts';
import { escapeGlob } from './globs.ts';
import type { Maps } from './map.ts';
import { asMarkdown } from './markdown.ts';
import { clearIndex, rebuildIndex } from './index-actions.ts';
import { showFailure } from './notices.ts';
import { showPalette } from './palette.ts';
import type { Preview } from './preview.ts';
import { n } from './progress.ts';
import type { Recent } from './recent.ts';
import type { ReportPanel } from './report.ts';
import { openInSearchEditor } from './search-editor.ts';
import { canFindSimilar, sourceAtCursor, sourceOfHit, sourceOfMenu } from './similar.ts';
import { showMenu } from './status-bar.ts';
import { isItemContext } from './view-messages.ts';
import type { SearchView } from './view.ts';
import { showWhy } from './why.ts';

export interface Parts {
  readonly client: WorkerClient;
  readonly folders: Folders;
  readonly preview: Preview;
  readonly recent: Recent;
  readonly view: SearchView;
  readonly report: ReportPanel;
  readonly arrangement: Arrangement;
  readonly maps: Maps;
  readonly duplicates: DuplicatesView;
  readonly log: vscode.LogOutputChannel;
}

/** What the menus and the palette hand to a command: nothing, a file (and the files chosen with it), a result. */
type Run = (parts: Parts, target: unknown, chosen: unknown, index: unknown) => unknown;

const commands = {
  'nearby.search': (parts) =>
    showPalette({
      ...parts,
      findSimilar: (hit) => parts.view.showSimilar(sourceOfHit(hit)),
      showInView: (search) => parts.view.focus(search),
    }),
  'nearby.searchInFolder': searchInFolder,
  'nearby.findSimilar': findSimilar,
  'nearby.focusView': ({ view }) => view.focus(),
  'nearby.focusResults': ({ view }) => view.focusResults(),
  'nearby.focusEditor': () => vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup'),
  'nearby.nextResult': ({ view }) => view.step(1),
  'nearby.previousResult': ({ view }) => view.step(-1),
  'nearby.showMap': showMap,
  'nearby.findDuplicates': ({ duplicates }) => duplicates.find(),
  'nearby.openDuplicate': ({ duplicates }, target) => duplicates.open(target),
  'nearby.compareDuplicates': ({ duplicates }, target) => duplicates.compare(target),
  'nearby.clearDuplicates': ({ duplicates }) => duplicates.clear(),
  'nearby.pause': ({ folders }) => folders.each('pause'),
  'nearby.resume': ({ folders }) => folders.each('resume'),
  'nearby.rebuild': ({ folders }) => rebuildIndex(folders),
  'nearby.rollBack': ({ folders }) => folders.each('rollBack'),
  'nearby.clear': ({ folders }) => clearIndex(folders),
  'nearby.showReport': ({ report }) => report.show(),
  'nearby.why': ({ folders }, target) => showWhy(folders, fileOf(target)),
  'nearby.evaluate': ({ folders }, target) =>
    evaluateSearch(folders, target instanceof vscode.Uri ? target : undefined),
  'nearby.resetLearning': resetLearning,
  'nearby.restart': restart,
  'nearby.showLog': ({ log }) => log.show(),
  'nearby.menu': ({ folders }) => showMenu(folders),
  'nearby.clearResults': ({ view }) => view.clear(),
  'nearby.collapseResults': ({ view }) => view.collapseAll(),
  'nearby.expandResults': ({ view }) => view.expandAll(),
  'nearby.viewAsTree': (parts) => layOut(parts, 'tree'),
  'nearby.viewAsList': (parts) => layOut(parts, 'list'),
  'nearby.sortByRelevance': (parts) => sort(parts, 'relevance'),
  'nearby.sortByPath': (parts) => sort(parts, 'path'),
  'nearby.openInSearchEditor': ({ view }) => openInSearchEditor(view.results),
  'nearby.openResult': (parts, target) => withHit(parts, target, (hit) => parts.view.open(hit, 'open')),
  'nearby.openResultToSide': (parts, target) => withHit(parts, target, (hit) => parts.view.open(hit, 'side')),
  'nearby.findSimilarToResult': (parts, target) =>
    withHit(parts, target, (hit) => parts.view.showSimilar(sourceOfHit(hit))),
  'nearby.showMoreOfFile': (parts, target) => withHit(parts, target, (hit) => parts.view.showMoreOfFile(hit)),
  'nearby.moreLikeThis': (parts, target) => withHit(parts, target, (hit) => parts.view.judge(hit, 'more')),
  'nearby.lessLikeThis': (parts, target) => withHit(parts, target, (hit) => parts.view.judge(hit, 'less')),
  'nearby.pinResult': (parts, target) => withHit(parts, target, (hit) => parts.view.pin(hit, true)),
  'nearby.unpinResult': (parts, target) => withHit(parts, target, (hit) => parts.view.pin(hit, false)),
  'nearby.dismissResult': (parts, target) => withHit(parts, target, (hit) => parts.view.dismiss(hit)),
  'nearby.copyResultPath': (parts, target) =>
    withHit(parts, target, (hit) => vscode.env.clipboard.writeText(`${hit.path}:${hit.startLine}`)),
  'nearby.copyResultAsMarkdown': (parts, target) =>
    withHit(parts, target, (hit) => vscode.env.clipboard.writeText(asMarkdown(hit))),
} satisfies Record<string, Run>;

/** Registers them all. A command that fails says so: the user asked for it and waits. */
export function registerCommands(parts: Parts): vscode.Disposable[] {
  return Object.entries<Run>(commands).map(([id, run]) =>
    vscode.commands.registerCommand(id, async (target: unknown, chosen: unknown, index: unknown) => {
      try {
        await run(parts, target, chosen, index);
      } catch (error) {
        parts.log.error(`${id}: ${sentenceOf(error)}`);
        void showFailure(sentenceOf(error));
      }
    }),
  );
}

async function findSimilar({ folders, view }: Parts, target: unknown, chosen: unknown, index: unknown): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const source = sourceOfMenu(target, chosen, index) ?? (editor && (await sourceAtCursor(editor)));
  if (source && canFindSimilar(source.uri, folders)) {
    await view.showSimilar(source);
    return;
  }
  void vscode.window.showInformationMessage(
    source
      ? vscode.l10n.t('This file is in no folder of this workspace that can be searched.')
      : vscode.l10n.t('Open a file, select what others shall be like, and choose Find Similar again.'),
  );
}

async function showMap({ folders, maps }: Parts): Promise<void> {
  const root = await chooseFolder(folders, vscode.l10n.t('The folder whose map is to be shown'));
  if (root) maps.show(root);
}

async function resetLearning({ folders, view }: Parts): Promise<void> {
  const { judged, opened } = await folders.learned();
  if (judged + opened === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing was learned in this workspace yet.'));
    return;
  }
  const forget = vscode.l10n.t('Forget');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Forget what was learned in this workspace?'),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Judgements of results: {0}. Results opened: {1}. They no longer count in the ranking. The index and your files are not touched.',
        n(judged),
        n(opened),
      ),
    },
    forget,
  );
  if (answer !== forget) return;
  await folders.forget();
  view.refresh();
}

async function restart({ client, log }: Parts): Promise<void> {
  log.info('Restart was asked for.');
  await client.restart();
}

/** The result that a menu or the page means; for the palette and for keys, the one that is selected. */
function withHit({ view }: Parts, target: unknown, run: (hit: Hit) => unknown): unknown {
  const hit = isItemContext(target) ? view.hit(target.answer, target.item) : view.selected;
  return hit && run(hit);
}

/** The Explorer hands over a folder; what is typed is searched for in it. */
async function searchInFolder({ folders, view }: Parts, target: unknown): Promise<void> {
  const place = target instanceof vscode.Uri ? folders.locate(target) : undefined;
  await view.focus({ scope: 'workspace', include: place ? `${escapeGlob(place.path)}/` : '' });
}

async function layOut({ view, arrangement }: Parts, layout: Layout): Promise<void> {
  await arrangement.setLayout(layout);
  view.arranged();
}

async function sort({ view, arrangement }: Parts, by: Sort): Promise<void> {
  await arrangement.setSort(by);
  view.arranged();
}

function fileOf(target: unknown): vscode.Uri | undefined {
  return target instanceof vscode.Uri ? target : vscode.window.activeTextEditor?.document.uri;
}
