import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Project } from './project.ts';

describe('the tool for language models', () => {
  before(() => Project.open());

  const ask = async (
    input: object,
    tokenizationOptions?: vscode.LanguageModelToolTokenizationOptions,
  ): Promise<string> => {
    const { content } = await vscode.lm.invokeTool('nearby_search', {
      input,
      toolInvocationToken: undefined,
      ...(tokenizationOptions && { tokenizationOptions }),
    });
    return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
  };

  it('is there for models, with all that they may ask for', () => {
    const tool = vscode.lm.tools.find(({ name }) => name === 'nearby_search');
    assert.ok(tool, 'nearby_search is not registered');
    const { properties } = tool.inputSchema as { properties: object };
    assert.deepEqual(Object.keys(properties), ['query', 'top', 'kind', 'include', 'exclude']);
  });

  it('finds by meaning, with place, reasons and text', async () => {
    const text = await ask({ query: 'wait longer after each failed request', kind: 'code', top: 3 });
    assert.match(text, /^3 results, found by meaning and keywords\./);
    assert.match(text, /^\d\. src\/\w+\/retry\.ts:\d+-\d+.*\n.*near in meaning.*\n```\n/m);
    const elsewhere = await ask({ query: 'wait longer after each failed request', include: ['docs/**'] });
    assert.doesNotMatch(elsewhere, /retry\.ts/);
  });

  it('keeps to the tokens that the model has for it', async () => {
    const words = (text: string): number => text.split(/\s+/).length;
    const budget = (tokenBudget: number): vscode.LanguageModelToolTokenizationOptions => ({
      tokenBudget,
      countTokens: (text) => Promise.resolve(words(text)),
    });
    const input = { query: 'wait longer after each failed request' };
    const whole = await ask(input, budget(10_000));
    const cut = await ask(input, budget(120));
    assert.ok(words(whole) > 120 && words(cut) <= 120, `${words(whole)} and ${words(cut)} words`);
    assert.match(cut, /To keep within 120 tokens, /);
  });

  it('says what is wrong with a question that makes no sense', async () => {
    await assert.rejects(ask({ top: 3 }), /query/);
    await assert.rejects(ask({ query: 'boats', kind: 'poems' }), /kind/);
  });
});
