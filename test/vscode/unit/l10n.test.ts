import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import ts from 'typescript';

type Texts = Readonly<Record<string, string>>;

/** What is called with texts in the source. */
interface Calls {
  /** A bundle's keys: the text, and after a slash the comment where it has one. */
  readonly keys: Set<string>;
  /** `path:line` of each that no bundle can translate. */
  readonly notLiteral: string[];
}

const root = new URL('../../../', import.meta.url);

describe('The texts in Japanese', () => {
  const { keys, notLiteral } = callsIn('src/');
  const english = Object.fromEntries([...keys].map((key) => [key, key]));
  const bundle = textsOf('l10n/bundle.l10n.ja.json');
  const manifest = textsOf('package.nls.json');
  const manifestInJapanese = textsOf('package.nls.ja.json');

  it('are looked up by texts that stand in the source, none made at run time', () => {
    assert.ok(keys.size > 0);
    assertNone(notLiteral, 'not a call of l10n.t, or of say or saying of the engine, with a literal text');
  });

  it('are there for every text of the extension and its engine, and for no other', () => {
    assertSameKeys(english, bundle, 'l10n/bundle.l10n.ja.json');
  });

  it('are there for every text of the manifest, and for no other', () => {
    assertSameKeys(manifest, manifestInJapanese, 'package.nls.ja.json');
  });

  it('are there for every key that the manifest names', () => {
    const named = [...read('package.json').matchAll(/"%(.+?)%"/g)].map(([, key]) => key!);
    assertSameKeys(Object.fromEntries(named.map((key) => [key, key])), manifest, 'package.nls.json');
  });

  it('are none of them empty', () => {
    const texts = Object.entries({ ...bundle, ...manifestInJapanese });
    assertNone(
      texts.flatMap(([key, text]) => (text.trim() === '' ? [key] : [])),
      'empty',
    );
  });

  it('take the same values', () => {
    assertSameMarks(english, bundle, /\{\d+\}/g);
    assertSameMarks(manifest, manifestInJapanese, /\{\d+\}/g);
  });

  it('have the same links, settings, code and icons', () => {
    const marks = /\]\(.+?\)|`[^`]+`|\$\([\w-]+\)/g;
    assertSameMarks(english, bundle, marks);
    assertSameMarks(manifest, manifestInJapanese, marks);
  });

  it('are found by VS Code and are part of the package', () => {
    const { l10n } = JSON.parse(read('package.json')) as { readonly l10n?: string };
    assert.equal(l10n, './l10n');
    const packaged = read('.vscodeignore').split('\n');
    assert.ok(packaged.includes('!l10n/bundle.l10n*.json'));
    assert.ok(packaged.includes('!package.nls.*.json'));
  });
});

function callsIn(directory: string): Calls {
  const calls: Calls = { keys: new Set(), notLiteral: [] };
  for (const name of readdirSync(new URL(directory, root), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const path = directory + name;
    const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
    const says = saysIn(source);
    const isText = (call: ts.Expression): boolean =>
      call.getText() === 'vscode.l10n.t' ||
      (call.getText() === 't' && source.text.includes('const { t } = vscode.l10n;')) ||
      (ts.isIdentifier(call) && says.has(call.text));
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && isText(node.expression)) {
        const key = node.arguments[0] && keyOf(node.arguments[0]);
        if (key === undefined) calls.notLiteral.push(lineOf(node));
        else calls.keys.add(key);
      } else if (
        ts.isIdentifier(node) &&
        (says.has(node.text) ? !isCalled(node) : node.text === 'l10n' && !isUsed(node))
      ) {
        calls.notLiteral.push(lineOf(node));
      }
      ts.forEachChild(node, visit);
    };
    const lineOf = (node: ts.Node): string =>
      `${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
    visit(source);
  }
  return calls;
}

/** What a file of the engine says its texts with. */
function saysIn(source: ts.SourceFile): ReadonlySet<string> {
  const imported = source.statements.filter(ts.isImportDeclaration).filter(({ moduleSpecifier }) => {
    return ts.isStringLiteral(moduleSpecifier) && /\/say\.ts$/.test(moduleSpecifier.text);
  });
  const names = imported.flatMap(({ importClause }) => {
    const bindings = importClause?.namedBindings;
    return bindings && ts.isNamedImports(bindings) ? bindings.elements.map(({ name }) => name.text) : [];
  });
  return new Set(names.filter((name) => name === 'say' || name === 'saying'));
}

/** Whether `say` stands where it is called or imported: no call escapes by another name. */
function isCalled(node: ts.Identifier): boolean {
  const { parent } = node;
  return (ts.isCallExpression(parent) && parent.expression === node) || ts.isImportSpecifier(parent);
}

/** Whether `l10n` stands in `vscode.l10n.t(…)`, in `const { t } = vscode.l10n`, or for all texts: no call escapes by another name. */
function isUsed({ parent }: ts.Identifier): boolean {
  const owner = parent.parent;
  if (parent.getText() !== 'vscode.l10n') return false;
  if (ts.isVariableDeclaration(owner)) return owner.name.getText() === '{ t }';
  if (owner.getText() === 'vscode.l10n.bundle') return true;
  return owner.getText() === 'vscode.l10n.t' && ts.isCallExpression(owner.parent) && owner.parent.expression === owner;
}

/** The key that VS Code looks an argument's text up by. */
function keyOf(argument: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(argument)) return argument.text;
  if (!ts.isObjectLiteralExpression(argument)) return undefined;
  const message = valueOf(argument, 'message');
  const comment = valueOf(argument, 'comment');
  if (!message || !ts.isStringLiteralLike(message)) return undefined;
  if (!comment) return message.text;
  const comments = ts.isArrayLiteralExpression(comment) ? comment.elements : [comment];
  const texts = comments.map((one) => (ts.isStringLiteralLike(one) ? one.text : undefined));
  return texts.includes(undefined) ? undefined : `${message.text}/${texts.join('')}`;
}

function valueOf(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  const property = object.properties.find((one) => one.name?.getText() === name);
  return property && ts.isPropertyAssignment(property) ? property.initializer : undefined;
}

function read(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

function textsOf(path: string): Texts {
  return JSON.parse(read(path)) as Texts;
}

/** The failure lists the lines to add, ready to be pasted, and the keys to delete. */
function assertSameKeys(wanted: Texts, texts: Texts, path: string): void {
  const missing = Object.entries(wanted).filter(([key]) => !Object.hasOwn(texts, key));
  const lines = missing.map(([key, text]) => `  ${JSON.stringify(key)}: ${JSON.stringify(text)},`);
  assertNone(lines, `to be translated in ${path}`);
  assertNone(
    Object.keys(texts).filter((key) => !Object.hasOwn(wanted, key)),
    `in ${path}, but used nowhere`,
  );
}

function assertSameMarks(english: Texts, translated: Texts, marks: RegExp): void {
  const marksOf = (text = ''): string => [...new Set(text.match(marks))].sort().join(' ');
  const different = Object.keys(english).flatMap((key) => {
    const [wanted, found] = [marksOf(english[key]), marksOf(translated[key])];
    return wanted === found ? [] : [`${key}: ${wanted || 'none'} became ${found || 'none'}`];
  });
  assertNone(different, 'different');
}

function assertNone(found: readonly string[], what: string): void {
  assert.ok(found.length === 0, `${found.length} ${what}:\n${found.join('\n')}`);
}
