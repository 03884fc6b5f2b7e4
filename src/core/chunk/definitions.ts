import { callableName, isTypeAbove, textAfterBrackets } from './callable.ts';
import { languageOf } from './detect.ts';
import { NOT_NAMES, type DefinitionKind, type Language, type Rule } from './language.ts';
import { at, byteAt, isBlank, linePrefix, LINE_PREFIX, splitLines, type Lines } from './lines.ts';
import { cellsOf, isNotebook } from './notebook.ts';
import { IN_CODE, IN_COMMENT, IN_STRING, scanLines, type Scan } from './scan.ts';

/** A function, type, namespace or named value, and the lines it takes. Lines are 1-based and inclusive. */
export interface Definition {
  readonly name: string;
  readonly kind: DefinitionKind;
  /** The names of the definitions around it and the qualifiers of its own name, outermost first. */
  readonly containers: readonly string[];
  /** How many definitions of this file hold it. */
  readonly depth: number;
  /** Where its doc comment, decorators or attributes begin, or the definition itself when it has none. */
  readonly startLine: number;
  /** Where its name is. */
  readonly line: number;
  /** Estimated from brackets and indentation. */
  readonly endLine: number;
}

/** All definitions of a source file in the order of their lines; none for documents and data. */
export function definitionsIn(path: string, text: string): Definition[] {
  const cells = isNotebook(path) ? cellsOf(text) : undefined;
  if (!cells) return definitionsOf(path, text);
  return cells.flatMap(({ name, source, lines }) =>
    definitionsOf(name, source).map((definition) => ({
      ...definition,
      startLine: lines[definition.startLine - 1] ?? 1,
      line: lines[definition.line - 1] ?? 1,
      endLine: lines[definition.endLine - 1] ?? 1,
    })),
  );
}

function definitionsOf(path: string, text: string): Definition[] {
  const language = languageOf(path, text);
  if (language === undefined) return [];
  const lines = splitLines(text);
  return findDefinitions(lines, scanLines(lines, language.syntax), language);
}

/** The innermost definition whose lines, doc comment included, hold the 1-based line. */
export function enclosingDefinition(definitions: readonly Definition[], line: number): Definition | undefined {
  return definitions.findLast((definition) => definition.startLine <= line && line <= definition.endLine);
}

/** A definition while its end is sought. Lines are 0-based. */
interface Open {
  readonly index: number;
  readonly name: string;
  readonly kind: DefinitionKind;
  readonly containers: readonly string[];
  readonly line: number;
  readonly indent: number;
  /** Brackets open around it. */
  depth: number;
  /** Its body's closing brace has been seen. */
  closed: boolean;
}

interface Found {
  readonly name: string;
  readonly kind: DefinitionKind;
  readonly qualifiers: readonly string[];
}

/** Deeper definitions are left out: no reader nests so far, and the work and the memory stay linear. */
const MAX_DEPTH = 40;

/** Lines that belong to the definition below them: decorators, attributes, annotations, template heads. */
const LEAD = /^(?:@(?!end\b|import\b|charset\b|use\b)|#!?\[|\[[^\]]*\]\s*$|\[\[|template\s*<|__attribute__|-spec\b)/;

/** Goes once over the lines with a stack of the definitions that are open. */
export function findDefinitions(lines: Lines, scan: Scan, language: Language): Definition[] {
  const finder = new Finder(lines, scan, language);
  return finder.run();
}

class Finder {
  private readonly lines: Lines;
  private readonly scan: Scan;
  private readonly language: Language;
  private readonly open: Open[] = [];
  private readonly found: (Definition | undefined)[] = [];
  /** The last line seen that holds code, and the first that no definition has claimed. */
  private lastCode = -1;
  private unclaimed = 0;

  constructor(lines: Lines, scan: Scan, language: Language) {
    this.lines = lines;
    this.scan = scan;
    this.language = language;
  }

  run(): Definition[] {
    const { lines, scan } = this;
    for (let line = 0; line < lines.count; line++) {
      if (isBlank(lines, line)) continue;
      const state = byteAt(scan.states, line);
      if (state === IN_STRING) this.lastCode = line;
      if (state !== IN_CODE || byteAt(scan.comments, line) === 1) continue;
      this.visit(line);
      this.lastCode = line;
    }
    while (this.open.length > 0) this.close(this.lastCode);
    return this.found.filter((definition) => definition !== undefined);
  }

  private visit(line: number): void {
    const { lines, scan } = this;
    const prefix = linePrefix(lines, line);
    const top = this.closeBefore(line, prefix);
    if (top === 'ends here') {
      this.close(line);
      return;
    }
    const isClause = top !== undefined && this.isClause(top, line, prefix);
    const found = isClause ? undefined : this.match(line, prefix, top);
    if (found !== undefined) this.push(line, found);
    const innermost = this.open.at(-1);
    const returns = innermost !== undefined && innermost.line < line && at(scan.depths, line) > innermost.depth;
    if (returns && prefix.startsWith('}') && at(scan.depths, line + 1) <= innermost.depth) {
      innermost.closed = true;
    }
  }

  /** Closes what ended before this line. The innermost definition that goes on, or that this line ends. */
  private closeBefore(line: number, prefix: string): Open | 'ends here' | undefined {
    for (;;) {
      const top = this.open.at(-1);
      if (top === undefined) return undefined;
      const verdict = this.verdict(top, line, prefix);
      if (verdict === 'inside') return top;
      if (verdict === 'ends here') return verdict;
      this.close(this.lastCode);
    }
  }

  private verdict(top: Open, line: number, prefix: string): 'inside' | 'ends here' | 'outside' {
    const depth = at(this.scan.depths, line);
    const indent = at(this.lines.indents, line);
    if (depth > top.depth) return 'inside';
    if (indent > top.indent && !top.closed) {
      // Fewer brackets but still indented: a bracket in a text that was not understood.
      top.depth = depth;
      return 'inside';
    }
    if (top.closed || depth < top.depth) return 'outside';
    if (prefix.startsWith('{')) return 'inside';
    const { closer, continuation, terminator } = this.language;
    if (terminator !== undefined) return this.isTerminated(terminator) ? 'outside' : 'inside';
    if (indent === top.indent && closer?.test(prefix) === true) return 'ends here';
    if (indent === top.indent && /^[)\]}]/.test(prefix)) return 'ends here';
    if (continuation?.test(prefix) === true || this.isClause(top, line, prefix)) return 'inside';
    return 'outside';
  }

  private isTerminated(terminator: RegExp): boolean {
    const end = at(this.lines.starts, this.lastCode + 1) - 1;
    const start = Math.max(at(this.lines.starts, this.lastCode), end - LINE_PREFIX);
    return terminator.test(this.lines.text.slice(start, end));
  }

  private isClause(top: Open, line: number, prefix: string): boolean {
    if (this.language.clauses !== true || at(this.lines.indents, line) !== top.indent) return false;
    return prefix.startsWith(top.name) && !/^[\w']/.test(prefix.slice(top.name.length, top.name.length + 1));
  }

  private match(line: number, prefix: string, top: Open | undefined): Found | undefined {
    const first = prefix.charCodeAt(0);
    if (first === CLOSE_BRACE || first === CLOSE_PAREN || first === LESS) return undefined;
    const inType = top?.kind === 'type' && at(this.scan.depths, line) <= top.depth + 1;
    const atTop =
      top === undefined
        ? at(this.lines.indents, line) === 0
        : top.kind === 'namespace' && at(this.scan.depths, line) <= top.depth + 1;
    for (const rule of this.language.rules) {
      if ((rule.place === 'member' && !inType) || (rule.place === 'top' && !atTop)) continue;
      const found = this.apply(rule, line, prefix);
      if (found !== undefined) return found;
    }
    const { callables } = this.language;
    if (callables === undefined) return undefined;
    if (!inType && !(callables.top && atTop) && callables.anywhere?.test(prefix) !== true) return undefined;
    const typeAbove = this.language.typeAbove === true && isTypeAbove(this.lines, line);
    const path = callableName(this.lines, line, callables, inType ? top.name : undefined, typeAbove);
    return path === undefined ? undefined : { kind: 'function', ...splitPath(path) };
  }

  private apply(rule: Rule, line: number, prefix: string): Found | undefined {
    const match = rule.pattern.exec(prefix);
    if (match === null) return undefined;
    const groups = match.groups ?? {};
    const name = groups['name'] ?? groups['quoted'] ?? groups['symbolic'];
    if (rule.after !== undefined) {
      if (name !== undefined && NOT_NAMES.has(name)) return undefined;
      const rest = textAfterBrackets(this.lines, at(this.lines.firsts, line) + match[0].length - 1);
      if (rest === undefined || !rule.after.test(rest)) return undefined;
    }
    const path = groups['path'];
    if (path !== undefined) return { kind: rule.kind, ...splitPath(path) };
    if (name === '_') return undefined;
    const owner = groups['of'];
    return { kind: rule.kind, name: name ?? '', qualifiers: owner === undefined ? [] : [owner] };
  }

  private push(line: number, { name, kind, qualifiers }: Found): void {
    const { lines, scan } = this;
    const indent = at(lines.indents, line);
    for (let top = this.open.at(-1); top !== undefined; top = this.open.at(-1)) {
      // No function holds a definition that is not indented deeper: its closing bracket was missed.
      if (top.kind === 'namespace' || top.kind === 'type' || top.indent < indent) break;
      this.close(this.lastCode);
    }
    if (this.open.length >= MAX_DEPTH) return;
    const parent = this.open.at(-1);
    const containers = [...(parent?.containers ?? []), ...qualifiers];
    if (parent !== undefined && parent.name !== '') containers.splice(parent.containers.length, 0, parent.name);
    const depth = at(scan.depths, line);
    this.found.push({
      name,
      kind,
      containers,
      depth: this.open.length,
      startLine: this.leadStart(line) + 1,
      line: line + 1,
      endLine: line + 1,
    });
    this.open.push({ index: this.found.length - 1, name, kind, containers, line, indent, depth, closed: false });
    this.unclaimed = line + 1;
  }

  /** The first of the comment lines, decorators and the like right above `line` that belong to it. */
  private leadStart(line: number): number {
    const { lines, scan } = this;
    let start = line;
    if (this.language.typeAbove === true && line > this.unclaimed && isTypeAbove(lines, line)) start--;
    for (let above = start - 1; above >= this.unclaimed && !isBlank(lines, above); above--) {
      const state = byteAt(scan.states, above);
      if (byteAt(scan.comments, above) === 1 || (state === IN_COMMENT && start === above + 1)) start = above;
      else if (state === IN_CODE && LEAD.test(linePrefix(lines, above))) start = above;
      else if (state === IN_CODE && at(scan.depths, above) <= at(scan.depths, line)) break;
    }
    return start;
  }

  private close(endLine: number): void {
    const top = this.open.pop();
    if (top === undefined) return;
    const definition = this.found[top.index];
    if (definition === undefined) return;
    const end = Math.max(endLine, top.line);
    const name = definition.name === '' ? this.closingName(end) : definition.name;
    this.found[top.index] = name === undefined ? undefined : { ...definition, name, endLine: end + 1 };
    this.unclaimed = Math.max(this.unclaimed, end + 1);
  }

  /** The name after the body, as in `typedef struct { ... } name;`. */
  private closingName(line: number): string | undefined {
    return /^\}\s*(?:[A-Z_]+\([^)]*\)\s*)?\*?(\w+)/.exec(linePrefix(this.lines, line))?.[1];
  }
}

const CLOSE_BRACE = 125;
const CLOSE_PAREN = 41;
const LESS = 60;

const SELF = new Set(['this', 'self', 'exports', 'module', 'prototype', 'window', 'global', 's', 'g', '']);

/** `Axios.prototype.request` is `request` in `Axios`. */
function splitPath(path: string): { name: string; qualifiers: string[] } {
  if (path.startsWith('operator')) return { name: path, qualifiers: [] };
  const parts = path.split(/["`\]]?(?:\.|::?|#|\\)["`[]?/);
  const name = parts.pop() ?? path;
  return { name, qualifiers: parts.filter((part) => !SELF.has(part)) };
}
