import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import type { OpenEditor } from '../harness/open.ts';
import { runCommand, screenshot, webviewFrame } from '../harness/page.ts';
import { openSlipway } from './slipway.ts';

const question = 'money back when the wind is too strong';

describe('the scope of changed files, in a git repository', () => {
  let editor: OpenEditor | undefined;
  let folder: string;
  let view: FrameLocator;

  before(async function () {
    if (process.platform === 'darwin') this.skip(); // VS Code's git extension needs a native module there, which is not built
    const opened = await openSlipway({ settings: { 'git.enabled': true } }, {}, (made) => {
      folder = made;
      git('init', '--quiet');
      commit();
    });
    editor = opened;
    view = webviewFrame(opened.page, { purpose: 'webviewView' });
    await runCommand(opened.page, 'Nearby: Show Search View');
    await view.locator('#query').fill(question);
    await group('cancellation.md').waitFor();
    await view.locator('#scope').selectOption('changed');
  });
  after(() => editor?.stop());

  const group = (file: string): Locator => view.locator('.group').filter({ hasText: file });

  function git(...args: readonly string[]): void {
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: folder });
  }

  function commit(): void {
    git('add', '--all');
    git('commit', '--quiet', '--message', 'as it is now');
  }

  /** Asks again until just these files are found: the git extension looks at the folder a second after it has changed. */
  async function finds(...files: readonly string[]): Promise<void> {
    const names = view.locator('.group .name');
    const end = Date.now() + 30_000;
    for (;;) {
      await runCommand(editor!.page, 'Git: Refresh');
      await view.locator('#query').press('Enter');
      const found = (await names.allInnerTexts()).sort();
      if (JSON.stringify(found) === JSON.stringify(files)) return;
      if (Date.now() > end) assert.deepEqual(found, files);
      await new Promise((done) => setTimeout(done, 500));
    }
  }

  it('says so as long as none is changed', async () => {
    await view.locator('#notice').getByText('Git knows of no changed file in this workspace.').waitFor();
    await screenshot(editor!.page, 'changed-none');
  });

  it('finds what is edited, new or staged, and nothing else: what was deleted is not there to be found', async () => {
    appendFileSync(join(folder, 'docs/cancellation.md'), '\nIn a storm, money is given back at once.\n');
    writeFileSync(join(folder, 'docs/storms.md'), '# Storms\n\nMoney back when the wind is too strong.\n');
    await finds('cancellation.md', 'storms.md');
    git('add', 'docs/storms.md');
    rmSync(join(folder, 'docs/deployment.md'));
    appendFileSync(join(folder, 'src/booking/cancel.ts'), '\nexport const stormKnots = 34;\n');
    await finds('cancel.ts', 'cancellation.md', 'storms.md');
    await screenshot(editor!.page, 'changed');
  });

  it('finds nothing more once all is committed', async () => {
    commit();
    await finds();
    await view.locator('#notice').getByText('Git knows of no changed file in this workspace.').waitFor();
  });
});
