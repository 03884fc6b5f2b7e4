import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Project } from './project.ts';

/** They ask in a modal dialog, which a test in the window answers. */
const confirmed = ['nearby.clear', 'nearby.resetLearning'];
/** After that, what a command opened is closed again. */
const lookMs = 1000;

describe('commands', () => {
  let project: Project;

  before(async () => {
    project = await Project.open();
  });
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('pause, resume and restart do what they say', async () => {
    await vscode.commands.executeCommand('nearby.pause');
    assert.equal((await project.status()).state, 'paused');
    await vscode.commands.executeCommand('nearby.resume');
    await project.settled();
    const { pid } = project.api.client;
    await vscode.commands.executeCommand('nearby.restart');
    await project.settled();
    assert.ok(pid !== undefined && project.api.client.pid !== pid, `still ${pid}`);
  });

  it('run from the palette, whatever is open and selected', async function () {
    const manifest = vscode.extensions.getExtension('nearby.nearby')!.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    const commands = manifest.contributes.commands.map(({ command }) => command);
    this.timeout(commands.length * 10_000);
    for (const command of commands.filter((command) => !confirmed.includes(command))) {
      let failure: unknown;
      const done = vscode.commands.executeCommand(command).then(undefined, (error: unknown) => (failure = error));
      await Promise.race([done, new Promise((looked) => setTimeout(looked, lookMs))]);
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      await vscode.commands.executeCommand('notifications.clearAll');
      await done;
      assert.equal(failure, undefined, `${command}: ${String(failure)}`);
    }
    await vscode.commands.executeCommand('nearby.resume');
    await project.settled();
  });
});
