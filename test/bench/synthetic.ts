/** Source files made up for the sizes of an index: no two alike, and cheap to embed. */

const verbs = ['read', 'parse', 'merge', 'sort', 'close', 'check', 'render', 'count', 'store', 'fetch', 'split'];
const nouns = [
  'order',
  'page',
  'token',
  'invoice',
  'socket',
  'layout',
  'row',
  'branch',
  'queue',
  'photo',
  'route',
  'lease',
  'theme',
];
const editMark = '  // to be edited\n';
const functionsPerFile = 6;

/** A file with one short function: one chunk. */
export function shortFile(i: number): string {
  const [verb, noun] = namesOf(i);
  return `export const ${verb}${noun}${i} = (${noun}: number) => ${noun} * ${(i % 97) + 2} + ${i};\n`;
}

export const editedName = (i: number): string => `src/module${i}.ts`;

/** A file with functions of about a chunk's length each, one of which can be edited. */
export function editableFile(i: number): string {
  const functions = Array.from({ length: functionsPerFile }, (_, n) => {
    const [verb, noun] = namesOf(i * functionsPerFile + n);
    const steps = Array.from({ length: 14 }, (_, step) => {
      const [stepVerb, stepNoun] = namesOf(i + n * 31 + step * 7);
      return `  if (${noun}.${stepNoun} > ${step * n + i}) ${noun}.${stepVerb}(${step + n}, '${stepNoun} ${i}');\n`;
    });
    const mark = n === 2 ? editMark : '';
    return `/** Does ${verb} each ${noun}, number ${n} of ${i}. */\nexport function ${verb}${noun}${n}(${noun}) {\n${mark}${steps.join('')}}\n`;
  });
  return functions.join('\n');
}

export function edited(text: string): string {
  return text.replace(editMark, "  if (!ready) throw new Error('It is not ready yet');\n");
}

const namesOf = (i: number): [verb: string, noun: string] => [verbs[i % verbs.length]!, nouns[i % nouns.length]!];
