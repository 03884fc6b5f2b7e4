import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';

interface Setting {
  readonly markdownDescription?: string;
  readonly scope?: string;
  readonly order?: number;
  readonly default?: unknown;
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly category?: string; readonly icon?: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly keybindings: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly walkthroughs: readonly { readonly steps: readonly { readonly media: { readonly svg: string } }[] }[];
  };
}

/** Made by VS Code for the views. */
const ofTheView = /^nearby\.(search|duplicates)\./;

describe('package.json', () => {
  let folder: string;
  let manifest: Manifest;
  let text: string;

  before(async () => {
    const extension = vscode.extensions.getExtension('nearby.nearby')!;
    await extension.activate();
    folder = extension.extensionPath;
    text = readFileSync(join(folder, 'package.json'), 'utf8');
    manifest = JSON.parse(text) as Manifest;
  });

  it('declares every command that is registered, and no other', async () => {
    const registered = (await vscode.commands.getCommands(true)).filter(
      (id) => id.startsWith('nearby.') && !ofTheView.test(id),
    );
    const declared = manifest.contributes.commands.map(({ command }) => command);
    // The view's own commands (show, focus, hide) come from VS Code.
    assert.deepEqual(
      declared.filter((id) => !registered.includes(id)),
      [],
    );
    assert.deepEqual(
      registered.filter((id) => !declared.includes(id)),
      [],
    );
  });

  it('gives every command a category and an icon', () => {
    for (const { command, category, icon } of manifest.contributes.commands) {
      assert.equal(category, 'Nearby', command);
      assert.match(icon ?? '', /^\$\([a-z-]+\)$/, command);
    }
  });

  it('puts only declared commands into menus and on keys', () => {
    const declared = new Set(manifest.contributes.commands.map(({ command }) => command));
    const used = [...Object.values(manifest.contributes.menus).flat(), ...manifest.contributes.keybindings];
    for (const { command } of used) assert.ok(declared.has(command), command);
  });

  it('describes every setting, in an order of its own, with a default that VS Code knows', () => {
    const settings = Object.entries(manifest.contributes.configuration.properties);
    for (const [id, setting] of settings) {
      assert.ok(setting.markdownDescription, `${id} has no markdownDescription`);
      assert.ok(setting.scope, `${id} has no scope`);
      assert.deepEqual(vscode.workspace.getConfiguration().inspect(id)?.defaultValue, setting.default, id);
    }
    const orders = settings.map(([, { order }]) => order);
    assert.equal(new Set(orders).size, settings.length);
  });

  it('has every text that it names in package.nls.json, and no other', () => {
    const texts = JSON.parse(readFileSync(join(folder, 'package.nls.json'), 'utf8')) as Record<string, string>;
    const named = Array.from(text.matchAll(/"%([\w.]+)%"/g), ([, key]) => key ?? '');
    assert.deepEqual(
      named.filter((key) => !texts[key]),
      [],
    );
    assert.deepEqual(
      Object.keys(texts).filter((key) => !named.includes(key)),
      [],
    );
  });

  it('has the pictures of its walkthrough, in the colours of the theme alone', () => {
    const pictures = manifest.contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.svg));
    for (const picture of pictures) {
      const svg = readFileSync(join(folder, picture), 'utf8');
      assert.match(svg, /^<svg [^>]*viewBox=/, picture);
      assert.doesNotMatch(svg, /#[0-9a-f]{3,8}\b|rgba?\(/i, picture);
    }
  });
});
