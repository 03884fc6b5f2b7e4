import { anyOf, notWithinName, rule, type Language, type Rule } from './language.ts';
import {
  cssSyntax,
  cSyntax,
  dartSyntax,
  goSyntax,
  hashSyntax,
  javascriptSyntax,
  javaSyntax,
  nestedJavaSyntax,
  perlSyntax,
  phpSyntax,
  protoSyntax,
  rustSyntax,
  shellSyntax,
  zigSyntax,
} from './syntax.ts';

const exported = '(?:export\\s+)?(?:default\\s+)?(?:declare\\s+)?';
const scriptMember = anyOf('public private protected static async readonly override abstract get set accessor declare');
const functionOrArrow = '(?:async\\s+)?(?:function\\b|ID\\s*=>)';
const ARROW = /^\s*(?:=>|:[^;]*=>|:[^;=]*$)/;
const parametersOfArrow = '(?:async\\s*)?(?:<[^()]*>\\s*)?\\(';

export const javascript: Language = {
  syntax: javascriptSyntax,
  rules: [
    rule(
      'type',
      `${exported}(?:abstract\\s+)?(?:class|interface|(?:const\\s+)?enum)\\s+NAME(?=\\s*(?:[{<(]|$|extends\\b|implements\\b))`,
    ),
    rule('function', `${exported}(?:async\\s+)?function\\s*(?:\\*\\s*)?NAME\\s*[(<]`),
    rule('namespace', `${exported}(?:namespace|module)\\s+PATH\\s*\\{`),
    rule('type', `${exported}type\\s+NAME\\s*(?:<|=(?!=)|$)`),
    rule('type', `${exported}(?:const|let|var)\\s+NAME\\s*=\\s*class\\b`),
    rule('function', `${exported}(?:const|let|var)\\s+NAME\\s*(?::[^=]*(?:=>[^=]*)?)?=\\s*${functionOrArrow}`),
    rule(
      'function',
      `${exported}(?:const|let|var)\\s+NAME\\s*(?::[^=]*(?:=>[^=]*)?)?=\\s*${parametersOfArrow}`,
      'anywhere',
      ARROW,
    ),
    rule('value', `export\\s+(?:declare\\s+)?(?:const|let|var)\\s+NAME`, 'top'),
    rule(
      'value',
      `(?:const|let|var)\\s+NAME\\s*(?::[^=]+)?=(?!\\s*(?:await\\s+)?(?:require|import)\\b)(?:[^;]*[[({]|\\s*[[({].*|\\s*)$`,
      'top',
    ),
    rule('value', `(?:const|let|var)\\s+(?<name>[A-Z][A-Z0-9_]+)\\s*(?::[^=]+)?=`, 'top'),
    rule('function', `PATH\\s*=\\s*${functionOrArrow}`),
    rule('type', `(?<path>(?:exports|module\\.exports)\\.ID)\\s*=\\s*class\\b`),
    rule('function', `(?:this\\.|exports\\.|module\\.exports\\.)NAME\\s*=\\s*${parametersOfArrow}`, 'anywhere', ARROW),
    rule(
      'function',
      `${scriptMember}(?<name>#?ID)\\s*(?:[?!]\\s*)?(?::[^=]*(?:=>[^=]*)?)?=\\s*${parametersOfArrow}`,
      'member',
      ARROW,
    ),
    rule('function', `['"]?NAME['"]?\\s*:\\s*(?:async\\s+)?function\\b`),
    rule('function', `['"]?NAME['"]?\\s*:\\s*${parametersOfArrow}`, 'anywhere', /^\s*(?::[^;=]*)?=>\s*(?:[({]\s*)?$/),
    rule(
      'function',
      `${scriptMember}(?:\\*\\s*)?(?<name>#?ID)\\s*(?:\\?\\s*)?(?:<[^()]*>)?\\(`,
      'member',
      /^\s*(?:[{:;]|$)/,
    ),
    rule(
      'function',
      `${scriptMember}(?:\\*\\s*)?NAME\\s*(?:<[^()]*>)?\\(`,
      'anywhere',
      /^\s*(?::[^;=]*)?\{\s*(?:$|\/[/*])|^(?=[^\n]*\}\s*(?:,\s*)?$)\s*(?::[^;=]*)?\{/,
    ),
  ],
};

export const go: Language = {
  syntax: goSyntax,
  rules: [
    rule('function', 'func\\s+\\(\\s*(?:ID\\s+)?\\*?OWNER(?:\\[[^\\]]*\\])?\\s*\\)\\s*NAME'),
    rule('function', 'func\\s+NAME'),
    rule('type', 'type\\s+NAME'),
    rule('type', 'NAME(?:\\[[^\\]]*\\])?\\s+(?:struct|interface)\\s*\\{'),
    rule('function', '(?<name>[A-Z]\\w*)\\(', 'member', /^[^{]*$/),
    rule('value', '(?:var|const)\\s+NAME\\b', 'top'),
    // A group of declarations, and the lines in it.
    rule('namespace', '(?:var|const|type)\\s*\\($', 'top'),
    rule('value', '(?!package\\b|import\\b)(?<name>[A-Za-z_]\\w*)(?:\\s+[\\w.*[\\]]+)?\\s*(?:=|$|//)', 'top'),
  ],
};

const rustVisible = '(?:pub(?:\\s*\\([^)]*\\))?\\s+)?';
export const rust: Language = {
  syntax: rustSyntax,
  rules: [
    rule(
      'function',
      `${rustVisible}${anyOf('default const async unsafe safe')}(?:extern\\s+(?:"[^"]*"\\s*)?)?fn\\s+(?:r#)?NAME`,
    ),
    rule('type', `${rustVisible}(?:unsafe\\s+)?(?:auto\\s+)?(?:struct|enum|union|trait|type)\\s+NAME`),
    rule('namespace', `${rustVisible}mod\\s+NAME\\s*\\{`),
    rule('function', `${rustVisible}(?:macro_rules!|macro)\\s*NAME`),
    rule('type', 'unsafe impl\\b.*?\\sfor\\s+(?:&\\s*)?(?:mut\\s+)?(?:dyn\\s+)?(?:ID::)*NAME'),
    rule('type', 'impl\\b.*?\\sfor\\s+(?!<)(?:&\\s*)?(?:mut\\s+)?(?:dyn\\s+)?(?:ID::)*NAME'),
    rule('type', 'impl(?:<(?:[^<>]|<[^<>]*>)*>)?\\s+(?:dyn\\s+)?(?:ID::)*NAME'),
    rule('value', `${rustVisible}(?:const|static)\\s+(?:mut\\s+)?(?<name>[A-Z_]\\w*)\\s*:`),
  ],
  continuation: /^where\b/,
};

const javaModifiers = anyOf(
  '@ID public private protected internal static final abstract sealed non-sealed strictfp default synchronized native ' +
    'transient volatile override virtual async partial readonly extern unsafe new required file ref fixed const',
);
const javaTypes = rule(
  'type',
  `${javaModifiers}(?:class|interface|enum|record(?:\\s+(?:struct|class))?|struct|@interface)\\s+NAME`,
);

export const java: Language = {
  syntax: javaSyntax,
  rules: [
    javaTypes,
    rule(
      'value',
      `${anyOf('public private protected')}(?:static\\s+final|final\\s+static)\\s[^=(]*?${notWithinName}NAME\\s*=`,
      'member',
    ),
    rule('function', `${anyOf('public private protected')}NAME\\s*\\{$`, 'member'),
    rule('function', '(?:def|void)\\s+NAME\\s*\\('),
  ],
  callables: {
    after: /^\s*(?:\{|throws\b)/,
    afterMember: /^\s*(?:\{|throws\b|;|default\b)/,
    top: false,
    anywhere: /^(?:public|protected|private)\s/,
  },
  continuation: /^(?:extends|implements|throws|permits)\b/,
};

export const csharp: Language = {
  syntax: javaSyntax,
  rules: [
    rule('namespace', 'namespace\\s+PATH\\s*(?:\\{|$)'),
    javaTypes,
    rule('type', `${javaModifiers}delegate\\s+\\S+\\s+NAME`),
    rule(
      'value',
      `${javaModifiers}(?:event\\s+)?[\\w<>\\[\\],.?]+(?:\\s[\\w<>\\[\\],.?]+)?\\s+NAME\\s*(?:\\{(?!.*\\()|=>|$)`,
      'member',
    ),
    rule(
      'value',
      `${anyOf('public private protected internal')}(?:const|static\\s+readonly)(?:\\s+[\\w<>\\[\\],.?]+)+\\s+NAME\\s*=`,
      'member',
    ),
  ],
  callables: {
    after: /^\s*(?:\{|=>|where\b)/,
    afterMember: /^\s*(?:\{|=>|where\b|;|:\s*(?:base|this)\b)/,
    top: false,
    anywhere: /^(?:public|protected|private|internal|static|async)\s/,
  },
  continuation: /^where\b/,
};

const kotlinModifiers = anyOf(
  '@ID public private protected internal open abstract final sealed data inline value inner override suspend operator ' +
    'infix tailrec external expect actual annotation enum companion const lateinit fun(?=\\s+interface) noinline crossinline',
);
const typeParameters = '(?:<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>\\s*)?';
export const kotlin: Language = {
  syntax: nestedJavaSyntax,
  rules: [
    rule(
      'function',
      `${kotlinModifiers}fun\\s+${typeParameters}(?:\\(?[\\w.]+${typeParameters}\\??\\)?\\.)?(?:\`(?<quoted>[^\`]+)\`|NAME)\\s*\\(`,
    ),
    rule('type', '(?:(?:public|private|internal)\\s+)?(?<name>companion)\\s+object\\s*(?:[:{]|$)'),
    rule('type', `${kotlinModifiers}(?:class|interface|object|typealias)\\s+(?!:)NAME`),
    rule('value', `${kotlinModifiers}(?:val|var)\\s+${typeParameters}(?:[\\w.]+${typeParameters}\\??\\.)?NAME`, 'top'),
    rule(
      'value',
      `${kotlinModifiers}(?:val|var)\\s+${typeParameters}(?:[\\w.]+${typeParameters}\\??\\.)?NAME`,
      'member',
    ),
  ],
};

const scalaModifiers = anyOf(
  '@ID private protected(?:\\[\\w+\\])? private\\[\\w+\\] protected\\[\\w+\\] final sealed abstract implicit lazy override inline transparent open opaque case infix',
);
export const scala: Language = {
  syntax: nestedJavaSyntax,
  rules: [
    rule('function', `${scalaModifiers}def\\s+(?:\`(?<quoted>[^\`]+)\`|(?<name>ID|[-!#%&*+/:<=>?@\\\\^|~]+))`),
    rule('type', `${scalaModifiers}(?:class|object|trait|enum|type|given)\\s+(?!=)NAME`),
    rule('namespace', `package\\s+(?:object\\s+)?PATH\\b[^;]*\\{`),
    rule('value', `${scalaModifiers}va[lr]\\s+NAME`, 'top'),
    rule('value', `${scalaModifiers}va[lr]\\s+NAME`, 'member'),
  ],
  closer: /^end\s/,
  continuation: /^(?:extends|with)\b/,
};

const cppBeforeBody =
  /^\s*(?:(?:const|noexcept|override|final|volatile|throw|requires|mutable|__attribute__|[A-Z][A-Z0-9_]+)\b[^;{=]*|&[^;{=]*|->[^;{]*)?(?:\{|:(?!:)|try\b|=\s*(?:default|delete)\b)/;
export const cpp: Language = {
  syntax: cSyntax,
  rules: [
    rule('value', '#\\s*define\\s+NAME'),
    rule('namespace', '(?:inline\\s+)?namespace\\s+PATH\\s*(?:\\{|$)'),
    rule(
      'type',
      '(?:[A-Z][A-Z0-9_]+\\s+)*(?:template\\s*<.*>\\s*)?(?:class|struct|union)\\s+(?:[A-Z][A-Z0-9_]+(?:\\([^)]*\\))?\\s+|alignas\\([^)]*\\)\\s*|\\[\\[[^\\]]*\\]\\]\\s*)*NAME(?:\\s*<.*>)?(?=\\s*(?:final\\b\\s*)?(?:\\{|$|:(?!:)))',
    ),
    rule('type', 'enum\\s+(?:class\\s+|struct\\s+)?NAME(?=\\s*(?:\\{|$|:(?!:)))'),
    rule('type', 'typedef\\s+(?:struct|union|enum)\\b\\s*(?:ID\\s*)?\\{?$'),
    rule('type', 'typedef\\s[^;]*\\(\\s*\\*\\s*NAME\\s*\\)'),
    rule('type', `typedef\\s[^;()]*?${notWithinName}NAME\\s*(?:\\[[^\\]]*\\]\\s*)?;`),
    rule('type', '(?:template\\s*<.*>\\s*)?using\\s+NAME\\s*='),
    rule('type', '(?:template\\s*<.*>\\s*)?concept\\s+NAME\\s*='),
    rule('type', '@(?:interface|implementation|protocol)\\s+NAME'),
    rule('function', '[-+]\\s*\\([^)]*\\)\\s*NAME'),
    rule(
      'value',
      '(?:(?:static|const|constexpr|inline|extern)\\s+)+(?:struct\\s+|unsigned\\s+)?[\\w:<>,]+[\\s*&]+NAME\\s*(?:\\[[^\\]]*\\]\\s*)?=',
      'top',
    ),
  ],
  callables: { after: cppBeforeBody, afterMember: cppBeforeBody, top: true },
  typeAbove: true,
};

const swiftModifiers = anyOf(
  '@ID public private fileprivate internal open final static class(?=\\s+(?:func|var|let|subscript)) override mutating nonmutating required convenience lazy weak ' +
    'indirect nonisolated async dynamic package prefix postfix infix private\\(set\\) public\\(set\\) distributed',
);
export const swift: Language = {
  syntax: nestedJavaSyntax,
  rules: [
    rule('function', `${swiftModifiers}func\\s+(?:\`(?<quoted>[^\`]+)\`|(?<name>ID|[^\\s\\w(]+))`),
    rule('type', `${swiftModifiers}(?:class|struct|enum|protocol|extension|actor|typealias|macro)\\s+PATH`),
    rule('function', `${swiftModifiers}(?<name>init|subscript)\\s*(?:[?!]\\s*)?(?:<[^(]*>)?\\(`),
    rule('function', `(?<name>deinit)\\s*\\{`),
    rule('value', `${swiftModifiers}(?:var|let)\\s+NAME`, 'top'),
    rule('value', `${swiftModifiers}(?:var|let)\\s+NAME`, 'member'),
  ],
  continuation: /^where\b/,
};

const phpModifiers = anyOf('public private protected static final abstract readonly');
export const php: Language = {
  syntax: phpSyntax,
  rules: [
    rule('function', `${phpModifiers}function\\s+(?:&\\s*)?NAME\\s*\\(`),
    rule('type', `${phpModifiers}(?:class|interface|trait|enum)\\s+NAME(?=\\s*(?:[{:]|$|extends\\b|implements\\b))`),
    rule('value', `${phpModifiers}const\\s+(?:[?\\w|\\\\]+\\s+)?NAME\\s*=`),
    rule('value', `define\\(\\s*['"]NAME['"]`),
    rule('namespace', `namespace\\s+PATH\\s*\\{`),
  ],
  continuation: /^(?:extends|implements)\b/,
};

export const dart: Language = {
  syntax: dartSyntax,
  rules: [
    rule(
      'type',
      `${anyOf('abstract sealed base final interface mixin')}(?:class|mixin|extension(?:\\s+type)?|enum|typedef)\\s+NAME`,
    ),
    rule('function', '(?:[\\w<>,?.]+\\s+)*(?:get|set)\\s+NAME'),
  ],
  callables: {
    after: /^\s*(?:(?:async\*?|sync\*)\s*)?(?:\{|=>)/,
    afterMember: /^\s*(?:(?:async\*?|sync\*)\s*)?(?:\{|=>|;|:)/,
    top: true,
  },
};

export const zig: Language = {
  syntax: zigSyntax,
  rules: [
    rule('function', `${anyOf('pub export inline noinline extern(?:\\s+"[^"]*")?')}fn\\s+(?:@"(?<quoted>[^"]+)"|NAME)`),
    rule(
      'type',
      `(?:pub\\s+)?const\\s+NAME\\s*(?::\\s*type\\s*)?=\\s*${anyOf('packed extern')}(?:struct|enum|union|opaque|error)\\b`,
    ),
    rule('function', 'test\\s+(?:"(?<quoted>[^"]*)"|NAME)\\s*\\{'),
    rule('value', `${anyOf('pub export threadlocal')}(?:const|var)\\s+NAME\\s*(?::[^=]*)?=(?!\\s*@import)`, 'top'),
    rule('value', '(?:pub\\s+)?(?:const|var)\\s+NAME\\s*(?::[^=]*)?=(?!\\s*@import)', 'member'),
  ],
};

export const shell: Language = {
  syntax: shellSyntax,
  rules: [
    rule('function', '(?:function\\s+)?(?<name>[A-Za-z_][\\w:.@+-]*)\\s*\\(\\s*\\)'),
    rule('function', 'function\\s+(?<name>[A-Za-z_][\\w:.@+-]*)\\s*(?:\\{|$)'),
    rule('type', 'class\\s+NAME'),
    rule('function', '(?:function|filter|workflow)\\s+(?<name>[\\w:-]+)\\s*[({]'),
  ],
};

export const perl: Language = {
  syntax: perlSyntax,
  rules: [
    rule('function', 'sub\\s+PATH'),
    rule('namespace', 'package\\s+PATH\\s*\\{'),
    rule('value', 'use\\s+constant\\s+NAME\\s*=>'),
  ],
};

const schemaWords =
  'type input enum interface union scalar directive message service rpc fragment query mutation subscription';
export const schema: Language = {
  syntax: protoSyntax,
  rules: [rule('type', `(?:extend\\s+|export\\s+)?(?:${schemaWords.replaceAll(' ', '|')})\\s+@?NAME`)],
};

export const terraform: Language = {
  syntax: hashSyntax,
  rules: [
    rule('type', '(?:resource|data)\\s+"(?<of>[\\w-]+)"\\s+"(?<name>[\\w-]+)"\\s*\\{'),
    rule('type', '(?:variable|output|module|provider|check)\\s+"(?<name>[\\w-]+)"\\s*\\{'),
    rule('type', '(?<name>locals|terraform)\\s*\\{'),
  ],
};

export const css: Language = {
  syntax: cssSyntax,
  rules: [rule('function', '@(?:mixin|function|keyframes|layer)\\s+(?<name>[\\w-]+)')],
};

export const solidity: Language = {
  syntax: cssSyntax,
  rules: [
    rule('type', '(?:abstract\\s+)?(?:contract|interface|library|struct|enum)\\s+NAME'),
    rule('function', '(?:function|modifier|event|error)\\s+NAME'),
    rule('function', '(?<name>constructor)\\s*\\('),
  ],
};

/** For a language that no extension tells: the words that many languages have in common. */
const genericRules: readonly Rule[] = [
  rule(
    'function',
    `${anyOf('pub public private protected export default static async inline local override')}(?:function|func|fun|fn|def|sub|proc|macro)\\s+PATH`,
  ),
  rule(
    'type',
    `${anyOf('pub public private protected export default abstract final sealed data')}(?:class|struct|interface|trait|enum|module|type|object|record|protocol)\\s+NAME(?=\\s*(?:[{(:<=]|$|extends\\b|is\\b|where\\b))`,
  ),
];

export const generic: Language = {
  syntax: hashSyntax,
  rules: genericRules,
  closer: /^end\b/,
};
