import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { readText, type ReadFile, type ReadSkip } from '../../src/core/read.ts';
import { spoken } from '../../src/core/say.ts';

const LIMIT = 1024 * 1024;
const BINARY = { skip: 'binary', reason: 'It holds bytes that do not occur in text, so it is taken for binary data.' };
const CODE = 'export function add(a: number, b: number): number {\n  return a + b; // the sum\n}\n';

/** What there is instead of a file's text, in words. */
type Said = Omit<ReadSkip, 'reason'> & { readonly reason: string };

describe('read', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'nearby-read-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function readNamed(name: string): Promise<ReadFile | Said> {
    const result = await readText(join(folder, name), LIMIT);
    return 'skip' in result ? { ...result, reason: spoken(result.reason) } : result;
  }

  async function read(content: string | Uint8Array, name = 'file.ts'): Promise<ReadFile | Said> {
    writeFileSync(join(folder, name), content);
    return readNamed(name);
  }

  async function decoded(content: string | Uint8Array): Promise<[text: string, encoding: string] | Said> {
    const result = await read(content);
    return 'skip' in result ? result : [result.text, result.encoding];
  }

  const utf16 = (text: string, big = false) => {
    const bytes = Buffer.from(text, 'utf16le');
    return big ? bytes.swap16() : bytes;
  };

  it('reads UTF-8 as it is, with the hash of the bytes', async () => {
    const text = 'const 名 = "é";\r\n\tx\n';
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 32);
    assert.deepEqual(await read(text), { text, encoding: 'utf-8', hash });
  });

  it('gives back any text', () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), async (text) => {
        assert.deepEqual(await decoded(text), [text, 'utf-8']);
        assert.deepEqual(await decoded(`\ufeff${text}`), [text, 'utf-8-bom']);
        assert.deepEqual(await decoded(utf16(`\ufeff${text}`)), [text, 'utf-16le']);
        assert.deepEqual(await decoded(utf16(`\ufeff${text}`, true)), [text, 'utf-16be']);
      }),
      { numRuns: 50 },
    ));

  it('decides on any bytes', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        const result = await read(bytes);
        assert.ok('skip' in result ? result.skip === 'binary' : result.hash.length === 32);
      }),
    ));

  it('reads UTF-16 without a byte order mark', async () => {
    for (const text of [CODE, 'Привет, мир. Это текст.\n'.repeat(5)]) {
      assert.deepEqual(await decoded(utf16(text)), [text, 'utf-16le']);
      assert.deepEqual(await decoded(utf16(text, true)), [text, 'utf-16be']);
    }
    assert.deepEqual(await read(Uint8Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? i % 25 : 0))), BINARY);
  });

  it('reads older encodings as Windows-1252, and a damaged UTF-8 file as UTF-8', async () => {
    const latin = Buffer.from('d\xe9j\xe0 vu, \x93na\xefve\x94 \x80 5\n', 'latin1');
    assert.deepEqual(await decoded(latin), ['déjà vu, “naïve” € 5\n', 'latin1']);
    const damaged = Buffer.concat([Buffer.from('日本語のテキスト、'), Buffer.from([0xff]), Buffer.from('です。\n')]);
    assert.deepEqual(await decoded(damaged), ['日本語のテキスト、\ufffdです。\n', 'utf-8']);
  });

  it('names binary formats, by content and not by name', async () => {
    const formats: [string, Uint8Array][] = [
      ['a PDF document', Buffer.from('%PDF-1.7\n1 0 obj\n')],
      ['a zip archive or an office document', Buffer.from('PK\x03\x04\x14\0')],
      ['a PNG image', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
      ['a program', Buffer.from('\x7fELF\x02\x01')],
      ['a WebAssembly module', Buffer.from('\0asm\x01\0\0\0')],
      ['a SQLite database', Buffer.from('SQLite format 3\0')],
    ];
    for (const [what, bytes] of formats) {
      assert.deepEqual(await read(bytes), { skip: 'binary', reason: `It is ${what} by its first bytes, not text.` });
    }
    const noise = deflateRawSync(Buffer.from(Array.from({ length: 3000 }, (_, i) => `${i * 7919}`).join()));
    assert.deepEqual(await read(noise), BINARY);
    assert.deepEqual(await read(`${CODE}\0`), BINARY);
    assert.deepEqual(await read('\x01\x02\x03\x04 abc'), BINARY);
    assert.ok('text' in (await read(CODE, 'image.png')));
  });

  it('reads text with a few control characters: terminal colours, form feeds', async () => {
    const text = `\x1b[31mred\x1b[0m\n\f${CODE}"\x01\x7f"\n`;
    assert.deepEqual(await decoded(text), [text, 'utf-8']);
  });

  it('says what is empty, too large or gone', async () => {
    assert.deepEqual(await read(''), { skip: 'empty', reason: 'It is empty, so there is nothing to find in it.' });
    assert.deepEqual(await decoded('\ufeff'), ['', 'utf-8-bom']);
    assert.ok('text' in (await read('a'.repeat(LIMIT))));
    assert.deepEqual(await read('a'.repeat(3 * LIMIT)), {
      skip: 'too-large',
      reason: 'It is 3.0 MB, over the size limit of 1.0 MB. Raise the setting nearby.maxFileSize to include it.',
    });
    assert.deepEqual(await readNamed('gone'), {
      skip: 'unreadable',
      reason: 'It could not be read: no such file or directory.',
    });
  });

  it('follows no link and waits for no pipe', async function () {
    if (process.platform === 'win32') this.skip();
    writeFileSync(join(folder, 'target'), 'secret');
    symlinkSync('target', join(folder, 'link'));
    assert.deepEqual(await readNamed('link'), {
      skip: 'symlink',
      reason: 'It is a symbolic link, and links are not followed.',
    });
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    mkdirSync(join(folder, 'sub'));
    for (const name of ['pipe', 'sub']) {
      assert.deepEqual(await readNamed(name), {
        skip: 'not-a-file',
        reason: 'It is not a regular file, so there is no text to read.',
      });
    }
  });

  it('reports a file that may not be read', async function () {
    if (process.platform === 'win32') this.skip();
    writeFileSync(join(folder, 'closed'), CODE);
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'closed'), 0);
    // Root may read everything, so the reading is done as another user then.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    try {
      assert.deepEqual(await readNamed('closed'), {
        skip: 'unreadable',
        reason: 'It could not be read: permission denied. Allow your user to read it, then index again.',
      });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('leaves out minified code and source maps', async () => {
    const statement = 'function a(b,c){return b?c.d(e=>e+1):void 0}var f={g:"h",i:[1,2,3]};';
    const minified = statement.repeat(400);
    const sentence = (share: number) =>
      `${share}% of it is in lines of over 1000 characters with hardly a blank, as programs write them, so it is taken for minified.`;
    assert.deepEqual(await read(minified, 'bundle.js'), { skip: 'minified', reason: sentence(100) });
    assert.deepEqual(await read(`/*! licence */\n${minified}\n`, 'a.min.js'), {
      skip: 'minified',
      reason: sentence(100),
    });
    assert.deepEqual(await read('.a{b:c}.d>e{f:g h}'.repeat(500), 'site.css'), {
      skip: 'minified',
      reason: sentence(100),
    });
    assert.deepEqual(await read('{"version":3,"sources":["a.ts"],"mappings":"AAAA"}', 'a.js.map'), {
      skip: 'minified',
      reason: 'It is a source map, which a build wrote; the sources themselves are indexed.',
    });
  });

  it('keeps what people write, however long its lines', async () => {
    const prose = 'A paragraph on one line, as many writers have it in their editors. '.repeat(5000);
    const japanese = '日本語の文章には空白がありません。'.repeat(2000);
    const table = `const table = /[${'\\u00aa\\u00b5'.repeat(1000)}]/;\n${CODE.repeat(40)}`;
    const samples: [string, string][] = [
      ['notes.md', prose],
      ['notes.txt', prose],
      ['page.html', prose],
      ['page.html', japanese],
      ['ja.json', `{"a":"${japanese}"}`],
      ['data.txt', 'x'.repeat(LIMIT)],
      ['table.js', table],
      ['code.min.js', CODE.repeat(100)],
      ['game.map', CODE],
      ['code.css', 'a { color: red; }\n'.repeat(1000)],
    ];
    for (const [name, text] of samples) assert.ok('text' in (await read(text, name)), name);
  });
});
