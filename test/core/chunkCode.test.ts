import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chunkFile } from '../../src/core/chunk/chunk.ts';
import { definitionsIn, enclosingDefinition } from '../../src/core/chunk/definitions.ts';

/** One line a definition: `startLine line-endLine containers > name`. */
function outline(path: string, text: string): string[] {
  return definitionsIn(path, text).map(
    ({ name, containers, startLine, line, endLine }) =>
      `${startLine} ${line}-${endLine} ${[...containers, name].join(' > ')}`,
  );
}

const samples: readonly { readonly path: string; readonly text: string; readonly expected: readonly string[] }[] = [
  {
    path: 'shelf.ts',
    text: `import { Book } from './book';

/** Holds books. */
@sealed
export class Shelf<T extends { id: string }> implements Holder {
  #books = new Map<string, T>();
  constructor(private readonly name: string) { super(); }
  get size(): number { return this.#books.size; }
  async *walk(
    from: number,
  ): AsyncGenerator<T> {
    for (const book of this.#books.values()) {
      yield book;
    }
    if (from > 0) {
    }
  }
  add = async (book: T): Promise<void> => {
    this.#books.set(\`\${book.id} function nope() {\`, book);
  };
}
const quote = /[\`'"]/;
export const lend = async <T,>(book: T) => {
  describe('x', () => {
  });
};
exports.giveBack = function (book) {};
Shelf.prototype.sort = function sort() {
};
const api = {
  open(a, b) {
    return a;
  },
  close: function () {},
};
test('opens', () => {
});
type Id = string;
export type { Foo } from './foo';
`,
    expected: [
      '3 5-21 Shelf',
      '7 7-7 Shelf > constructor',
      '8 8-8 Shelf > size',
      '9 9-17 Shelf > walk',
      '18 18-20 Shelf > add',
      '23 23-26 lend',
      '27 27-27 giveBack',
      '28 28-29 Shelf > sort',
      '30 30-35 api',
      '31 31-33 api > open',
      '34 34-34 api > close',
      '38 38-38 Id',
    ],
  },
  {
    path: 'shelf.py',
    text: `LIMIT = 3

class Shelf(Holder):
    """Not this:

    def inside_docs():
        pass
    """

    @property
    def size(
        self,
    ) -> int:
        def helper(): return 1
        return helper()

# Runs.
async def main():
    if LIMIT: pass
`,
    expected: [
      '1 1-1 LIMIT',
      '3 3-15 Shelf',
      '10 11-15 Shelf > size',
      '14 14-14 Shelf > size > helper',
      '17 18-19 main',
    ],
  },
  {
    path: 'shelf.go',
    text: `package shelf

type Shelf struct {
	books []Book
}

const (
	limit = 3
)

// Add adds.
func (s *Shelf) Add(b Book) error {
	return lend(func() { b.x() })
}
func lend[T any](f T) error { return nil }
`,
    expected: ['3 3-5 Shelf', '8 8-8 limit', '11 12-14 Shelf > Add', '15 15-15 lend'],
  },
  {
    path: 'shelf.rs',
    text: `/// A shelf.
#[derive(Debug)]
pub struct Shelf<'a> { books: &'a [Book] }

impl<'a> Holder for Shelf<'a>
where
    Book: Clone,
{
    fn add(&mut self, c: char) -> bool {
        c == '{'
    }
}
macro_rules! shelf {
    () => {};
}
`,
    expected: ['1 3-3 Shelf', '5 5-12 Shelf', '9 9-11 Shelf > add', '13 13-15 shelf'],
  },
  {
    path: 'Shelf.java',
    text: `@Service
public final class Shelf<T> extends Holder {
  private static final int LIMIT = 3;
  public Shelf(int size) { this.size = size; }
  @Override
  public <K> Map<K, List<T>> group(
      Function<T, K> key) throws IOException {
    if (key == null) {
      return lend(key);
    }
    return new Visitor() {
      public void visit(T book) {}
    };
  }
  abstract int count();
}
`,
    expected: [
      '1 2-16 Shelf',
      '3 3-3 Shelf > LIMIT',
      '4 4-4 Shelf > Shelf',
      '5 6-14 Shelf > group',
      '12 12-12 Shelf > group > visit',
      '15 15-15 Shelf > count',
    ],
  },
  {
    path: 'shelf.c',
    text: `#define LIMIT 3
static int count(void);

/* Adds a book. */
static int
add(struct shelf *s,
    int n) /* how many */
{
#ifdef FAST
  if (n) {
#else
  if (s) {
#endif
    goto done;
  }
done:
  return call(n);
}

typedef struct {
  int size;
} shelf_t;

void QUEUE(int x) {
  FOREACH(x) { }
}
`,
    expected: ['1 1-1 LIMIT', '4 6-18 add', '20 20-22 shelf_t', '24 24-26 QUEUE'],
  },
  {
    path: 'shelf.cpp',
    text: `namespace lib {
template <typename T>
class Shelf : public Holder {
 public:
  explicit Shelf(int n) : n_{n} {}
  ~Shelf() = default;
  auto operator==(const Shelf& other) const -> bool { return true; }
  int size() const;
};

template <typename T>
int Shelf<T>::size() const
{
  return compute(n_);
}
}  // namespace lib
`,
    expected: [
      '1 1-16 lib',
      '2 3-9 lib > Shelf',
      '5 5-5 lib > Shelf > Shelf',
      '6 6-6 lib > Shelf > ~Shelf',
      '7 7-7 lib > Shelf > operator==',
      '11 12-15 lib > Shelf > size',
    ],
  },
  {
    path: 'Shelf.cs',
    text: `namespace Library;
public record Book(string Title);
public class Shelf
{
    public int Size { get; set; }
    public Shelf() : base() { }
    [Fact]
    public async Task<int> AddAsync<T>(T book)
        where T : Book
    {
        return await Lend(book);
    }
}
`,
    expected: ['2 2-2 Book', '3 3-13 Shelf', '5 5-5 Shelf > Size', '6 6-6 Shelf > Shelf', '7 8-12 Shelf > AddAsync'],
  },
  {
    path: 'shelf.kt',
    text: `/** Extends. */
fun <T : Any> List<T>.second(): T = this[1]
data class Shelf(val size: Int) {
    companion object {
        const val LIMIT = 3
    }
    override suspend fun add(book: Book) {
        println("}")
    }
}
`,
    expected: [
      '1 2-2 second',
      '3 3-10 Shelf',
      '4 4-6 Shelf > companion',
      '5 5-5 Shelf > companion > LIMIT',
      '7 7-9 Shelf > add',
    ],
  },
  {
    path: 'shelf.rb',
    text: `module Library
  class Shelf < Holder
    # Adds.
    def add(book)
      return if book.nil?
    rescue Error
      nil
    end

    def self.open? = true
  end
end
`,
    expected: [
      '1 1-12 Library',
      '2 2-11 Library > Shelf',
      '3 4-8 Library > Shelf > add',
      '10 10-10 Library > Shelf > open?',
    ],
  },
  {
    path: 'shelf.php',
    text: `<?php
class Shelf extends Holder
{
    const LIMIT = 3;

    /** Adds. */
    public static function add(Book $book): void
    {
        array_map(function ($x) { return $x; }, []);
    }
}
`,
    expected: ['2 2-11 Shelf', '4 4-4 Shelf > LIMIT', '6 7-10 Shelf > add'],
  },
  {
    path: 'shelf.sh',
    text: `#!/bin/bash

# Adds.
add() {
  case "$1" in
    a) echo "it's" ;;
  esac
  cat <<EOF
nope() {
EOF
}
function lend {
  add x
}
`,
    expected: ['3 4-11 add', '12 12-14 lend'],
  },
  {
    path: 'shelf.ex',
    text: `defmodule Library.Shelf do
  @doc """
  def not_this do
  """
  @spec add(book) :: :ok
  def add(book) do
    :ok
  end

  defp lend?(x), do: x
end
`,
    expected: ['1 1-11 Library > Shelf', '2 6-8 Library > Shelf > add', '10 10-10 Library > Shelf > lend?'],
  },
  {
    path: 'Shelf.hs',
    text: `module Shelf where

data Shelf = Shelf
  { size :: Int
  }

class Holder a where
  hold :: a -> Int

-- | Adds.
add :: Int -> Shelf -> Shelf
add n s
  | n > 0 = s
add _ s = s

empty' = Shelf 0
`,
    expected: ['3 3-5 Shelf', '7 7-8 Holder', '8 8-8 Holder > hold', '10 11-14 add', "16 16-16 empty'"],
  },
  {
    path: 'shelf.lua',
    text: `local M = {}
--- Adds.
function M.add(book)
  if book then return end
end
M.lend = function(x) return x end
local function count() end
`,
    expected: ['2 3-5 M > add', '6 6-6 M > lend', '7 7-7 count'],
  },
  {
    path: 'shelf.zig',
    text: `const std = @import("std");
pub const Shelf = struct {
    size: u32,
    /// Adds.
    pub fn add(self: *Shelf) !void {
        _ = self;
    }
};
test "adds" {
}
`,
    expected: ['2 2-8 Shelf', '4 5-7 Shelf > add', '9 9-10 adds'],
  },
  {
    path: 'shelf.swift',
    text: `public struct Shelf: Holder {
    var size: Int { 3 }
    init(size: Int) {
    }
    @discardableResult
    mutating func add<T>(_ book: T) -> Bool where T: Book {
        guard let book = find(book) else { return false }
        return true
    }
}
extension Shelf {}
`,
    expected: ['1 1-10 Shelf', '2 2-2 Shelf > size', '3 3-4 Shelf > init', '5 6-9 Shelf > add', '11 11-11 Shelf'],
  },
  {
    path: 'shelf.scala',
    text: `object Shelf {
  implicit val order: Order = null
  def ===(that: Shelf): Boolean =
    add(that)
}
case class Book(title: String)
`,
    expected: ['1 1-5 Shelf', '2 2-2 Shelf > order', '3 3-4 Shelf > ===', '6 6-6 Book'],
  },
  {
    path: 'shelf.sql',
    text: `-- People who borrow.
CREATE TABLE IF NOT EXISTS library.borrowers (
  id integer
);
create index by_name on borrowers (name);
INSERT INTO borrowers VALUES (1);
CREATE OR REPLACE FUNCTION overdue()
RETURNS integer AS $$
BEGIN
  RETURN 1;
END;
$$ LANGUAGE plpgsql;
`,
    expected: ['1 2-4 library > borrowers', '5 5-5 by_name', '7 7-12 overdue'],
  },
  {
    path: 'shelf.clj',
    text: `(ns library.shelf)

;; Late?
(defn overdue?
  [loan]
  (> loan \\())
`,
    expected: ['1 1-1 library.shelf', '3 4-6 overdue?'],
  },
  {
    path: 'shelf.dart',
    text: `class Shelf {
  Shelf(this.size);
  @override
  Future<void> add(Book book) async {
    print(book);
  }
}
void main() => run();
`,
    expected: ['1 1-7 Shelf', '2 2-2 Shelf > Shelf', '3 4-6 Shelf > add', '8 8-8 main'],
  },
  {
    path: 'shelf.R',
    text: `#' Counts.
count_late <- function(loans) {
  sum(loans)
}
`,
    expected: ['1 2-4 count_late'],
  },
  {
    path: 'shelf.proto',
    text: `message Book {
  enum Kind { NOVEL = 0; }
}
service Library {
  rpc Lend (Book) returns (Book);
}
`,
    expected: ['1 1-3 Book', '2 2-2 Book > Kind', '4 4-6 Library', '5 5-5 Library > Lend'],
  },
  {
    path: 'main.tf',
    text: 'resource "aws_s3_bucket" "scans-main" {\n  acl = "x"\n}\nvariable "name" {\n}\n',
    expected: ['1 1-3 aws_s3_bucket > scans-main', '4 4-5 name'],
  },
  {
    path: 'Shelf.vue',
    text: `<template>
  <p>It's open</p>
</template>
<script setup lang="ts">
function open(index: number) {
  call(index);
}
</script>
`,
    expected: ['5 5-7 open'],
  },
];

describe('definitionsIn', () => {
  for (const { path, text, expected } of samples) {
    it(`finds the definitions of ${path}`, () => {
      assert.deepEqual(outline(path, text), expected);
    });
  }

  it('finds none in documents and data', () => {
    assert.deepEqual(definitionsIn('a.md', '```js\nfunction f() {}\n```\n'), []);
    assert.deepEqual(definitionsIn('a.json', '{"function f() {": 1}'), []);
  });

  it('gives ordered ranges that nest, for any text', () => {
    const pieces = fc.constantFrom(
      'class A {',
      'function f() {',
      '}',
      '  g() {',
      '  }',
      'def f',
      'end',
      '',
      '/*',
      '*/',
      '`',
    );
    const text = fc.array(pieces, { maxLength: 60 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(fc.constantFrom('a.ts', 'a.py', 'a.rb', 'a.cpp', 'a.ex'), text, (path, source) => {
        const definitions = definitionsIn(path, source);
        const count = source.split('\n').length;
        definitions.forEach(({ startLine, line, endLine, depth }, index) => {
          assert.ok(1 <= startLine && startLine <= line && line <= endLine && endLine <= count);
          const before = definitions[index - 1];
          if (before === undefined) return;
          assert.ok(before.line < startLine);
          assert.ok(depth > before.depth ? endLine <= before.endLine : before.endLine < startLine);
        });
      }),
    );
  });
});

describe('enclosingDefinition', () => {
  const text = 'class Shelf {\n  // Adds.\n  add() {\n    return 1;\n  }\n}\n\ncall();\n';
  const definitions = definitionsIn('a.js', text);
  it('gives the innermost definition at a line, its doc comment included', () => {
    const names = [1, 2, 4, 6, 8].map((line) => enclosingDefinition(definitions, line)?.name);
    assert.deepEqual(names, ['Shelf', 'add', 'add', 'Shelf', undefined]);
  });
});

describe('chunks of code', () => {
  const method = (name: string, statements: number): string =>
    `  /** Does ${name}. */\n  ${name}(value) {\n${'    this.total += value * this.factor;\n'.repeat(statements)}  }\n`;

  it('begin at definitions, with their doc comments, and name them', () => {
    const methods = ['deposit', 'withdraw', 'transfer'].map((name) => method(name, 22)).join('\n');
    const chunks = chunkFile('account.js', `import x from 'x';\n\nclass Account {\n${methods}}\n`);
    assert.deepEqual(
      chunks.map(({ symbol, breadcrumb }) => [...breadcrumb, symbol].join('.')),
      ['Account.deposit', 'Account.withdraw', 'Account.transfer'],
    );
    assert.match(chunks[1]!.text, /^ {2}\/\*\* Does withdraw/);
  });

  it('hold small neighbours together up to the target', () => {
    const functions = Array.from({ length: 40 }, (_, index) => `function small${index}() {\n  return ${index};\n}\n`);
    const chunks = chunkFile('small.js', functions.join('\n'));
    assert.ok(chunks.length <= 3);
    for (const chunk of chunks) assert.match(chunk.text, /^function small\d+[^]*\}$/);
  });

  it('split a large definition at its inner structure and keep its name', () => {
    const step = `    if (ready) {\n${'      queue.push(next(value, other));\n'.repeat(6)}    }\n`;
    const text = `class Engine {\n  run(value) {\n${`${step}\n`.repeat(16)}  }\n}\n`;
    const chunks = chunkFile('engine.js', text);
    assert.ok(chunks.length >= 4);
    for (const chunk of chunks.slice(1)) {
      assert.equal(chunk.symbol, 'run');
      assert.deepEqual(chunk.breadcrumb, ['Engine']);
      assert.match(chunk.text, /^ {4}if/);
    }
  });
});
