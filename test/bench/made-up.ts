/**
 * A made-up corpus of any size, the same each time: words by Zipf's law, identifiers made of them, files of about ten
 * chunks that keep to a few words of their own, one in five of them a document. And queries in its words.
 */

const vocabularySize = 12_000;
const identifierCount = 4000;
const syllables =
  'ba be bo ca ce co da de di fa fe fi ga go ha ke ki la le lo ma me mi na no pa pe po ra re ri sa se ta te ti va vo za';
const blocksPerFile = 10;
const linesPerBlock = 14;
/** Words of a query are no more frequent than this rank: what is more frequent says as little as a keyword. */
const firstTellingRank = 50;

/** Numbers from 0 to 1, the same for the same seed (G. Steele et al., "Fast splittable pseudorandom number generators"). */
export function generator(seed: number): () => number {
  let state = Math.imul(seed ^ (seed >>> 15), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;

/** A rank from `first` on, with a chance of about 1 / rank. */
const zipf = (random: Random, count: number, first = 1): number =>
  Math.min(count, Math.floor(first * Math.exp(random() * Math.log((count + 1) / first)))) - 1;

const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
const capital = (word: string): string => word[0]!.toUpperCase() + word.slice(1);

function camel(random: Random, word: () => string): string {
  return word() + Array.from({ length: 1 + Math.floor(random() * 2) }, () => capital(word())).join('');
}

const words = madeUpWords();
const identifiers = madeUpIdentifiers();

function madeUpWords(): readonly string[] {
  const random = generator(1);
  const parts = syllables.split(' ');
  const finals = 'l m n r k t'.split(' ');
  const made = new Set<string>();
  while (made.size < vocabularySize) {
    made.add(
      Array.from({ length: 2 + Math.floor(random() * 2) }, () => pick(random, parts)).join('') + pick(random, finals),
    );
  }
  return [...made];
}

function madeUpIdentifiers(): readonly string[] {
  const random = generator(2);
  return Array.from({ length: identifierCount }, () => camel(random, () => words[zipf(random, vocabularySize)]!));
}

/** With forward slashes. */
export function madeUpPath(i: number): string {
  const random = generator(i * 2);
  const word = (): string => words[zipf(random, vocabularySize)]!;
  const folder = `packages/${words[Math.floor(i / 400)]!}/src/${word()}`;
  return isDocument(i) ? `${folder}/${word()}-${i}.md` : `${folder}/${camel(random, word)}${i}.ts`;
}

const isDocument = (i: number): boolean => i % 5 === 4;

/** About ten chunks. */
export function madeUpText(i: number): string {
  const random = generator(i * 2 + 1);
  const word = (): string => words[zipf(random, vocabularySize)]!;
  const own = Array.from({ length: 7 }, word);
  const ownIdentifiers = Array.from({ length: 8 }, () => camel(random, () => pick(random, own)));
  const name = (): string =>
    random() < 0.75 ? pick(random, ownIdentifiers) : identifiers[zipf(random, identifierCount)]!;
  const said = (): string => (random() < 0.6 ? pick(random, own) : word());
  const sentence = (length: number): string => Array.from({ length }, said).join(' ');
  const blocks = Array.from({ length: blocksPerFile }, (_, n) =>
    isDocument(i) ? section(sentence, n) : definition(random, name, sentence, n),
  );
  return `${blocks.join('\n')}\n`;
}

function section(sentence: (length: number) => string, n: number): string {
  const paragraphs = Array.from({ length: 3 }, () => `${capital(sentence(30))}.\n`);
  return `## ${capital(sentence(3))} ${n}\n\n${paragraphs.join('\n')}`;
}

function definition(random: Random, name: () => string, sentence: (length: number) => string, n: number): string {
  const plain = (): string => sentence(1);
  const lines = Array.from({ length: linesPerBlock }, () => {
    const shape = random();
    if (shape < 0.35) return `  const ${name()} = await this.${name()}(${name()});`;
    if (shape < 0.55) return `  if (${name()} !== undefined) return ${name()}(${plain()}, ${plain()});`;
    if (shape < 0.75) return `  for (const ${plain()} of ${name()}.${plain()}) ${plain()}.push(${plain()} + 1);`;
    if (shape < 0.9) return `  throw new Error(\`${sentence(4)}: \${String(${plain()})}\`);`;
    return `  // ${sentence(9)}`;
  });
  return `/** ${capital(sentence(8))}. */\nexport function ${name()}${n}(${name()}) {\n${lines.join('\n')}\n}\n`;
}

/** Of two to six words; every fifth an identifier. */
export function madeUpQuery(i: number): string {
  const random = generator(-1 - i);
  if (i % 5 === 0) return identifiers[zipf(random, identifierCount, firstTellingRank)]!;
  const length = 2 + Math.floor(random() * 5);
  return Array.from({ length }, () => words[zipf(random, vocabularySize, firstTellingRank)]!).join(' ');
}

/** From here on, the numbers of vectors that no chunk has. */
export const firstQueryVector = 2 ** 24;

/** Vectors of unit length around centres, as many as asked for; about 0.6 cosine to the centre. */
export class MadeUpVectors {
  readonly #dimensions: number;
  readonly #centres: readonly Float32Array[];
  /** Noise to cut pieces out of, longer than it is ever asked for at once. */
  readonly #noise: Float32Array;

  constructor(dimensions: number, centres = 2000) {
    this.#dimensions = dimensions;
    const random = generator(3);
    const bell = (): number => random() + random() + random() + random() - 2;
    this.#noise = Float32Array.from({ length: 2 ** 20 }, bell);
    this.#centres = Array.from({ length: centres }, () => Float32Array.from({ length: dimensions }, bell));
  }

  /** The vector with this number, not scaled to unit length. */
  get(i: number): Float32Array {
    const random = generator(i ^ 0x5bd1e995);
    const centre = this.#centres[zipf(random, this.#centres.length)]!;
    const at = Math.floor(random() * (this.#noise.length - this.#dimensions));
    return centre.map((x, d) => x + 1.3 * this.#noise[at + d]!);
  }
}
