import { anyOf, rule, type Language } from './language.ts';
import {
  elixirSyntax,
  erlangSyntax,
  hashSyntax,
  haskellSyntax,
  juliaSyntax,
  lispSyntax,
  luaSyntax,
  nimSyntax,
  ocamlSyntax,
  pythonSyntax,
  rubySyntax,
  sqlSyntax,
  vimSyntax,
} from './syntax.ts';

export const python: Language = {
  syntax: pythonSyntax,
  rules: [
    rule('function', '(?:async\\s+)?(?:c?p?def)\\s+NAME'),
    rule('type', '(?:cdef\\s+)?class\\s+NAME\\s*(?:[:(\\[]|$)'),
    rule('value', '(?<name>[A-Z][A-Z0-9_]*)\\s*(?::[^=]+)?=(?!=)', 'top'),
    rule('value', 'NAME\\s*(?::[^=]+)?=(?:\\s*(?:lambda\\b|TypeVar\\(|NewType\\(|namedtuple\\()|.*[[({]$)', 'top'),
    rule('type', 'type\\s+NAME\\s*[=\\[]', 'top'),
  ],
};

export const ruby: Language = {
  syntax: rubySyntax,
  rules: [
    rule(
      'function',
      '(?:(?:private|protected|public|private_class_method|module_function|memoize)\\s+)?def\\s+(?:self\\.)?(?<path>(?:ID\\.)?(?:ID[?!=]?(?![=~>])|[^\\s\\w(.;]+))',
    ),
    rule('type', '(?:class|module)\\s+(?:::)?PATH'),
    rule('function', 'define_method\\(?\\s*:(?<name>ID[?!=]?)'),
    rule(
      'function',
      '(?:scope|alias_method|attr_accessor|attr_reader|attr_writer|delegate|has_many|has_one|belongs_to)\\s+:(?<name>ID[?!=]?)',
      'member',
    ),
    rule('value', '(?<name>[A-Z]\\w*)\\s*=(?![=~>])'),
  ],
  closer: /^end\b/,
  continuation: /^(?:rescue|ensure|else|elsif|when)\b/,
};

export const elixir: Language = {
  syntax: elixirSyntax,
  rules: [
    rule('type', 'def(?:module|protocol)\\s+PATH'),
    rule('type', 'defimpl\\s+[\\w.]+\\s*,\\s*for:\\s*\\[?PATH'),
    rule('type', 'defimpl\\s+PATH'),
    rule('function', 'def(?:p|macro|macrop|guard|guardp|delegate|n|np)?\\s+(?:unquote\\()?(?<name>ID[?!]?)'),
    rule('type', '@(?:type|typep|opaque|callback|macrocallback)\\s+NAME'),
  ],
  closer: /^end\b/,
  continuation: /^(?:rescue|catch|after|else)\b/,
};

export const lua: Language = {
  syntax: luaSyntax,
  rules: [
    rule('function', '(?:local\\s+)?function\\s+PATH'),
    rule('function', '(?:local\\s+)?PATH\\s*=\\s*(?:[\\w.]+\\()?function\\b'),
    rule('value', '(?:local\\s+)?PATH\\s*=\\s*\\{$', 'top'),
  ],
  closer: /^(?:end|\})/,
  continuation: /^(?:else|elseif)\b/,
};

export const haskell: Language = {
  syntax: haskellSyntax,
  rules: [
    rule(
      'type',
      "(?:data|newtype|type)\\s+(?:family\\s+|instance\\s+)?(?:\\([^)]*\\)\\s*=>\\s*)?(?<name>[A-Z][\\w']*)",
      'top',
    ),
    rule('type', "(?:class|instance)\\s+(?:\\{-#.*?#-\\}\\s*)?(?:\\S.*=>\\s*)?(?<name>[A-Z][\\w'.]*)", 'top'),
    rule('function', "(?:foreign\\s+import\\s.*\\s)?(?<name>[a-z_][\\w']*)(?:\\s*,\\s*[a-z_][\\w']*)*\\s*::", 'top'),
    rule('function', '\\((?<name>[^\\s\\w()]+)\\)\\s*::', 'top'),
    rule('function', "(?<name>[a-z_][\\w']*)(?:\\s*,\\s*[a-z_][\\w']*)*\\s*::", 'member'),
    rule(
      'function',
      "(?<name>(?!(?:import|module|where|deriving|infix[lr]?|let|in|if|then|else|case|of|do|default|pattern)\\b)[a-z_][\\w']*)(?:\\s[^=]*)?(?:=(?![=>])|\\|)",
      'top',
    ),
    rule('function', 'pattern\\s+NAME', 'top'),
  ],
  clauses: true,
  continuation: /^(?:where|=|\|)/,
};

export const lisp: Language = {
  syntax: lispSyntax,
  rules: [
    rule(
      'type',
      '\\((?:ns|defrecord|deftype|defprotocol|definterface|defclass|defstruct|define-record-type|defpackage|in-ns|provide)\\s+\\(?(?:\\^\\S+\\s+)*\'?(?<name>[^\\s()[\\]{}"]+)',
    ),
    rule('function', '\\((?:[\\w.]+/)?(?:def|define)[\\w*!-]*\\s+\\(?(?:\\^\\S+\\s+)*\'?(?<name>[^\\s()[\\]{}";]+)'),
  ],
};

export const r: Language = {
  syntax: hashSyntax,
  rules: [
    rule('function', '`?(?<name>[\\w.]+(?:<-)?)`?\\s*(?:<-|=)\\s*function\\b'),
    rule(
      'type',
      '(?:[\\w.]+\\s*<-\\s*)?(?:R6Class|setClass|setRefClass|setGeneric|setMethod)\\(\\s*["\'](?<name>[\\w.]+)',
    ),
  ],
  continuation: /^\{/,
};

const sqlObjects =
  'table|view|function|procedure|trigger|index|type|schema|sequence|domain|database|role|user|policy|extension|package|event|macro';
export const sql: Language = {
  syntax: sqlSyntax,
  rules: [
    rule(
      'type',
      `[Cc][Rr][Ee][Aa][Tt][Ee]\\s+(?:[A-Za-z]+\\s+){0,4}?(?:${eitherCase(sqlObjects)})\\s+(?:[Cc][Oo][Nn][Cc][Uu][Rr][Rr][Ee][Nn][Tt][Ll][Yy]\\s+)?(?:[Ii][Ff]\\s+[Nn][Oo][Tt]\\s+[Ee][Xx][Ii][Ss][Tt][Ss]\\s+)?["\`[]?(?<path>[\\w$]+(?:["\`\\]]?\\.["\`[]?[\\w$]+)*)`,
    ),
  ],
  terminator: /;\s*(?:--.*)?$|^(?:go|GO|\/)\s*$/,
};

function eitherCase(words: string): string {
  return `${words}|${words.toUpperCase()}`;
}

export const julia: Language = {
  syntax: juliaSyntax,
  rules: [
    rule('function', '(?:@ID\\s+)*function\\s+PATH'),
    rule('function', '(?:@ID\\s+)*macro\\s+NAME'),
    rule('type', '(?:mutable\\s+)?struct\\s+NAME'),
    rule('type', '(?:abstract|primitive)\\s+type\\s+NAME'),
    rule('namespace', '(?:bare)?module\\s+NAME'),
    rule('value', 'const\\s+NAME\\s*=', 'top'),
    rule('function', '(?:@ID\\s+)*NAME(?:\\{[^}]*\\})?\\(', 'top', /^\s*(?:(?:::|where)[^=]*)?=(?!=)/),
  ],
  closer: /^end\b/,
  continuation: /^(?:else|elseif|catch|finally)\b/,
};

export const ocaml: Language = {
  syntax: ocamlSyntax,
  rules: [
    rule('type', `type\\s+(?:private\\s+|internal\\s+|nonrec\\s+)?(?:\\([^)]*\\)\\s*|'\\w+\\s+)?NAME`),
    rule('namespace', 'module\\s+(?:rec\\s+|type\\s+|private\\s+|internal\\s+)?PATH'),
    rule(
      'function',
      `let\\s+${anyOf('rec inline private internal mutable')}(?:\\(\\s*(?<symbolic>[^\\s\\w)]+)\\s*\\)|NAME)`,
      'top',
    ),
    rule('function', 'and\\s+(?:inline\\s+)?NAME', 'top'),
    rule(
      'function',
      `${anyOf('static abstract override default')}member\\s+(?:${anyOf('private inline internal')})(?:ID\\.)?NAME`,
    ),
    rule(
      'function',
      '(?:abstract|override|default|method!?|val|external|exception)\\s+(?:(?:private|virtual)\\s+)?(?:ID\\.)?NAME',
    ),
    rule('type', 'class\\s+(?:virtual\\s+)?NAME'),
  ],
  closer: /^(?:end|\}|;;|\])/,
};

export const nim: Language = {
  syntax: nimSyntax,
  rules: [
    rule('function', '(?:proc|func|method|macro|template|iterator|converter)\\s+(?:`(?<quoted>[^`]+)`|NAME)'),
    rule(
      'type',
      'NAME\\*?(?:\\[[^\\]]*\\])?\\s*(?:\\{\\.[^}]*\\.\\}\\s*)?=\\s*(?:(?:ref|ptr)\\s+)?(?:object|enum|concept|tuple|distinct)\\b',
    ),
    rule('type', 'type\\s+NAME'),
    rule('value', '(?:const|let|var)\\s+NAME', 'top'),
  ],
};

export const vim: Language = {
  syntax: vimSyntax,
  rules: [rule('function', '(?:export\\s+)?(?:def|fu(?:nction)?)!?\\s+(?<path>(?:[sgbla]:)?[\\w#.]+)\\s*\\(')],
  closer: /^end(?:f|def)/,
};

export const erlang: Language = {
  syntax: erlangSyntax,
  rules: [
    rule('function', '(?<name>[a-z][\\w@]*)\\(', 'top', /^\s*(?:->|when\b|$)/),
    rule('type', '-(?:record|type|opaque|spec|callback|define)\\s*(?:\\(\\s*)?NAME', 'top'),
  ],
  clauses: true,
};

export const make: Language = {
  syntax: hashSyntax,
  rules: [
    rule('function', '(?:function|macro)\\s*\\(\\s*(?<name>[\\w-]+)'),
    rule('function', '(?<name>[A-Za-z0-9_.%/-]+)\\s*:(?![=:])(?!//)', 'top'),
    rule('function', 'define\\s+NAME', 'top'),
  ],
  closer: /^(?:end(?:function|macro)|endef)\b/,
};
