import * as braces from './braceLanguages.ts';
import * as indented from './indentLanguages.ts';
import type { Language } from './language.ts';

/** How a file is read: as a program in a language, as a document in a markup, as prose, or as data. */
export type Format =
  | { readonly form: 'code'; readonly language: Language }
  | { readonly form: 'document'; readonly markup: Markup }
  | { readonly form: 'prose' }
  | { readonly form: 'data' };

export type Markup = 'markdown' | 'restructuredtext' | 'asciidoc' | 'org' | 'tex' | 'html' | 'roff';

const languages: readonly (readonly [Language, string])[] = [
  [braces.javascript, 'js jsx mjs cjs ts tsx mts cts es6 vue svelte astro as coffee'],
  [braces.go, 'go'],
  [braces.rust, 'rs'],
  [braces.java, 'java groovy gradle'],
  [braces.csharp, 'cs csx'],
  [braces.kotlin, 'kt kts'],
  [braces.scala, 'scala sc sbt'],
  [braces.cpp, 'c h cc cpp cxx c++ hh hpp hxx h++ inl ipp tcc cu cuh m mm ino glsl hlsl vert frag metal pde'],
  [braces.swift, 'swift'],
  [braces.php, 'php php3 php4 php5 phtml inc hack'],
  [braces.dart, 'dart'],
  [braces.zig, 'zig zon'],
  [braces.shell, 'sh bash zsh ksh bats fish ash ps1 psm1 psd1 awk'],
  [braces.perl, 'pl pm t raku rakumod'],
  [braces.schema, 'proto graphql gql graphqls thrift capnp fbs'],
  [braces.terraform, 'tf tfvars hcl nomad'],
  [braces.css, 'css scss sass less styl'],
  [braces.solidity, 'sol'],
  [
    braces.generic,
    'd v sv vhd vhdl ada adb ads pas pp f f90 f95 for cr hx vala vb bas wgsl nix dhall elm purs gd jsonnet',
  ],
  [indented.python, 'py pyi pyx pxd pyw bzl star'],
  [indented.ruby, 'rb rake gemspec ru podspec rbi'],
  [indented.elixir, 'ex exs'],
  [indented.lua, 'lua luau'],
  [indented.haskell, 'hs lhs hsc'],
  [indented.lisp, 'clj cljs cljc edn bb lisp lsp cl el scm ss rkt fnl'],
  [indented.r, 'r'],
  [indented.sql, 'sql ddl psql pgsql plsql'],
  [indented.julia, 'jl'],
  [indented.ocaml, 'ml mli fs fsi fsx'],
  [indented.nim, 'nim nims'],
  [indented.vim, 'vim'],
  [indented.erlang, 'erl hrl'],
  [indented.make, 'mk mak cmake'],
];

const fileNames: readonly (readonly [Language, string])[] = [
  [indented.make, 'makefile gnumakefile cmakelists.txt'],
  [indented.ruby, 'rakefile gemfile guardfile vagrantfile podfile fastfile brewfile dangerfile'],
  [indented.python, 'sconstruct sconscript build build.bazel workspace tiltfile'],
  [braces.java, 'jenkinsfile'],
  [braces.shell, '.bashrc .bash_profile .zshrc .zshenv .profile .bash_aliases pkgbuild'],
  [indented.vim, '.vimrc _vimrc'],
];

const interpreters: readonly (readonly [RegExp, Language])[] = [
  [/\b(?:node|deno|bun|tsx|ts-node|zx)\b/, braces.javascript],
  [/\bpython/, indented.python],
  [/\bruby/, indented.ruby],
  [/\bperl/, braces.perl],
  [/\bphp/, braces.php],
  [/\blua/, indented.lua],
  [/\belixir/, indented.elixir],
  [/\bescript/, indented.erlang],
  [/\bRscript/, indented.r],
  [/\bjulia/, indented.julia],
  [/\brunhaskell|\bstack\b/, indented.haskell],
  [/\b(?:ba|z|k|da|a|fi)?sh\b|\bawk\b|\bpwsh\b/, braces.shell],
];

const markups: readonly (readonly [Markup, string])[] = [
  ['markdown', 'md mdx markdown mdown mkd mkdn rmd qmd mdc livemd mdwn'],
  ['restructuredtext', 'rst rest'],
  ['asciidoc', 'adoc asciidoc asc'],
  ['org', 'org'],
  ['tex', 'tex latex ltx sty cls'],
  ['html', 'html htm xhtml'],
  ['roff', 'man 1 2 3 4 5 6 7 8'],
];

const proseExtensions = 'txt text rdoc textile pod wiki mediawiki nfo srt vtt eml mbox';
const proseNames = new Set(
  'readme license licence copying authors contributors changelog changes news history todo install notice copyright contributing thanks maintainers'.split(
    ' ',
  ),
);
const dataExtensions =
  'json json5 jsonc jsonl ndjson geojson webmanifest ipynb yaml yml toml ini cfg conf config properties env csv tsv log xml xsd xsl ' +
  'svg plist lock sum mod editorconfig gitignore dockerignore npmrc diff patch bib dat po pot strings resx csproj sln ' +
  'vcxproj props targets asm s ll wat snap dockerfile';

const byExtension = new Map<string, Format>();
const byName = new Map<string, Format>();

function register(formats: Map<string, Format>, keys: string, format: Format): void {
  for (const key of keys.split(' ')) formats.set(key, format);
}
for (const [language, extensions] of languages) register(byExtension, extensions, { form: 'code', language });
for (const [markup, extensions] of markups) register(byExtension, extensions, { form: 'document', markup });
register(byExtension, proseExtensions, { form: 'prose' });
register(byExtension, dataExtensions, { form: 'data' });
for (const [language, names] of fileNames) register(byName, names, { form: 'code', language });
register(byName, 'dockerfile containerfile procfile go.mod go.sum codeowners', { form: 'data' });

/** The format of a file, by its name and extension first, then by its first line and the look of its text. */
export function formatOf(path: string, text: string): Format {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const named = byName.get(name);
  if (named !== undefined) return named;
  const dot = name.lastIndexOf('.');
  const extension = dot >= 0 ? name.slice(dot + 1) : '';
  if (proseNames.has(dot > 0 ? name.slice(0, dot) : name) && !byExtension.has(extension)) return { form: 'prose' };
  return byExtension.get(extension) ?? formatOfText(text);
}

/** The language of a program; undefined for documents, prose and data. */
export function languageOf(path: string, text: string): Language | undefined {
  const format = formatOf(path, text);
  return format.form === 'code' ? format.language : undefined;
}

/** How much of a file of unknown kind is looked at. */
const SAMPLE_SIZE = 4000;

/** The share of code punctuation above which a text of unknown kind is no prose. */
const CODE_PUNCTUATION = 0.04;

function formatOfText(text: string): Format {
  const sample = text.slice(0, SAMPLE_SIZE);
  if (sample.startsWith('#!')) {
    const interpreter = /^[^\r\n]{0,200}/.exec(sample)?.[0] ?? '';
    const language = interpreters.find(([pattern]) => pattern.test(interpreter))?.[1];
    if (language !== undefined) return { form: 'code', language };
  }
  if (/^\s{0,100}<\?php/.test(sample)) return { form: 'code', language: braces.php };
  if (/^\s{0,100}<(?:!doctype html|html)/i.test(sample)) return { form: 'document', markup: 'html' };
  if (/^\s{0,100}(?:<|\{\s*"|\[\s*[\]"{\d])/.test(sample)) return { form: 'data' };
  let punctuation = 0;
  let visible = 0;
  for (const character of sample) {
    if (character > ' ') visible++;
    if ('{}();=<>[]|&$#\\@+_'.includes(character)) punctuation++;
  }
  if (punctuation <= visible * CODE_PUNCTUATION) return { form: 'prose' };
  return /[;{}]\s*$/m.test(sample) || /^\s{0,40}(?:def|function|fn|func|class|sub|let)\s/m.test(sample)
    ? { form: 'code', language: braces.generic }
    : { form: 'data' };
}
