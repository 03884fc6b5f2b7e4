import type { Locator } from 'playwright-core';
import type { OpenEditor } from '../harness/open.ts';
import { quickPickRow, runCommand, screenshot } from '../harness/page.ts';
import { openSlipway } from './slipway.ts';

describe('the server for language models', () => {
  let editor: OpenEditor;
  let server: Locator;

  before(async () => {
    editor = await openSlipway({ settings: { 'chat.disableAIFeatures': false } });
    server = quickPickRow(editor.page, 'Nearby: slipway');
  });
  after(() => editor.stop());

  async function choose(action: string): Promise<void> {
    await runCommand(editor.page, 'MCP: List Servers');
    await server.click();
    await quickPickRow(editor.page, action).click();
  }

  it('is listed by the editor, starts there and has its tools found', async () => {
    await choose('Start Server');
    const output = editor.page.locator('.part.panel .view-line');
    await output.filter({ hasText: 'Connection state: Running' }).waitFor();
    await output.filter({ hasText: 'Discovered 3 tools' }).waitFor();
    await runCommand(editor.page, 'MCP: List Servers');
    await server.getByText('Running').waitFor();
    await screenshot(editor.page, 'mcp-running');
    await editor.page.keyboard.press('Escape');
  });

  it('stops when it is told to', async () => {
    await choose('Stop Server');
    await runCommand(editor.page, 'MCP: List Servers');
    await server.getByText('Stopped').waitFor();
    await editor.page.keyboard.press('Escape');
  });
});
