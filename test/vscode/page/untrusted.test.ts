import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { openEditor, type OpenEditor } from '../harness/open.ts';
import { runCommand, screenshot, readyItem, statusBarItem, webviewFrame } from '../harness/page.ts';
import { makeFolder } from '../harness/sample.ts';

const indexLimitMs = 60_000;

describe('a folder that is not trusted', () => {
  let editor: OpenEditor;
  let folder: string;
  let view: FrameLocator;
  let report: FrameLocator;
  /** What the folder would make if anything of it ran. */
  let made: string;

  before(async () => {
    folder = makeFolder({
      'tides.md': '# Tides\n\nHow the numbat counts the tides.\n',
      '.env': 'NUMBAT_KEY=1\n',
      'generated/tides.ts': "export const numbat = 'generated';\n",
      '.gitignore': 'generated/\n',
    });
    made = join(dirname(folder), 'made');
    const settings = { 'nearby.include': ['.env', 'generated/**'], 'nearby.learn': false, 'nearby.home': made };
    git('init', '-q');
    git('add', '.gitignore', 'tides.md');
    git('-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '-q', '-m', 'one');
    // What runs as soon as anybody asks git for the state of the folder.
    git('config', 'core.fsmonitor', `touch ${made}; false`);
    mkdirSync(join(folder, '.vscode'));
    writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify(settings));
    editor = await openEditor({
      folder,
      trusted: false,
      settings: { 'security.workspace.trust.startupPrompt': 'never', 'git.enabled': true },
      size: { width: 1300, height: 900 },
    });
    await statusBarItem(editor.page, 'Restricted Mode').waitFor();
    view = webviewFrame(editor.page, { purpose: 'webviewView' });
    report = webviewFrame(editor.page, { purpose: 'webviewPanel' });
    await readyItem(editor.page).waitFor({ timeout: indexLimitMs });
  });
  after(async () => {
    await editor.stop();
    rmSync(dirname(folder), { recursive: true, force: true, maxRetries: 5 });
  });

  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args]);

  it('is searched, without what its own settings include, and without anything of it being run', async () => {
    await runCommand(editor.page, 'Nearby: Show Search View');
    await view.locator('#query').fill('numbat');
    const file = (name: string) => view.locator('.group').filter({ hasText: name });
    await file('tides.md').waitFor();
    assert.equal((await file('.env').count()) + (await file('tides.ts').count()), 0);
    await screenshot(editor.page, 'untrusted-view');
    assert.ok(!existsSync(made), 'something of the folder was run, or its place for the index was taken');
    assert.ok(readdirSync(editor.home).some((name) => name.startsWith('courier-')));
  });

  it('does not switch learning off', async () => {
    await view.locator('.group').filter({ hasText: 'tides.md' }).waitFor();
    await view.locator('[role=treeitem][aria-level="2"]').first().hover();
    await view.getByTitle('More Like This').first().waitFor({ state: 'attached' });
  });

  it('is said to be untrusted, and what that means, in the report, which offers to include nothing', async () => {
    await runCommand(editor.page, 'Nearby: Show Index Report');
    await report.locator('.note').getByText('This workspace is not trusted').waitFor();
    await report.locator('.note').getByText('Its files are searched as usual, for they are only read.').waitFor();
    for (const group of ['Left out by a rule', 'May hold secrets']) {
      const list = report.locator('.group').filter({ hasText: group });
      await list.locator('.head').click();
      await list.locator('.file').first().waitFor();
      assert.equal(await list.locator('.tools').getByText('Include').count(), 0, group);
    }
    await screenshot(editor.page, 'untrusted-report');
  });

  it('has its settings count once it is trusted', async () => {
    git('config', '--unset', 'core.fsmonitor'); // from then on VS Code's git extension asks
    await report.locator('.note').getByText('Manage Workspace Trust').click();
    await editor.page.locator('.workspace-trust-editor').getByText('Trust', { exact: true }).first().click();
    await statusBarItem(editor.page, 'Restricted Mode').waitFor({ state: 'detached' });
    const name = view.locator('.group .name').getByText('.env', { exact: true });
    await name.waitFor({ timeout: indexLimitMs });
    // Old releases show the trust editor in place of the report, new ones in front of it.
    await runCommand(editor.page, 'Nearby: Show Index Report');
    await report.locator('.state').getByText('Everything can be found').waitFor();
    await report.locator('.note').waitFor({ state: 'detached' });
  });
});
