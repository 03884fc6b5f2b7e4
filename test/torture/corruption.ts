/** Bits flipped and files cut, in every kind of file of the index and the model. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Engine } from '../../src/core/engine.ts';
import { Feedback } from '../../src/core/feedback.ts';
import { readModelManifest, readVerified } from '../../src/core/model-files.ts';
import { evictOld } from '../../src/core/old-indexes.ts';
import { unpackVectors } from '../../src/core/store/codec.ts';
import { Store } from '../../src/core/store/store.ts';
import { NearbyError } from '../../src/core/types.ts';
import { hashBytes } from '../../src/core/vectors.ts';
import { writeFiles } from '../core/temp.ts';
import { chapters } from './chapters.ts';
import { lossFrom, snapshotOf, type Snapshot } from './snapshot.ts';
import { all, none, pick, type Row, type Trial } from './trial.ts';
import { generator } from '../bench/made-up.ts';

const kinds = ['catalog', 'vectors', 'manifest', 'feedback', 'origin', 'model'] as const;
type Kind = (typeof kinds)[number];
/** How often each is damaged, of a hundred times. */
const shares: Readonly<Record<Kind, number>> = {
  catalog: 35,
  vectors: 35,
  manifest: 10,
  feedback: 5,
  origin: 3,
  model: 12,
};
/** Every so many rounds the whole engine makes good what was damaged. */
const repairEvery = 40;

const fileOf: Readonly<Record<Exclude<Kind, 'model'>, RegExp>> = {
  catalog: /\.cat$/,
  vectors: /\.vec$/,
  manifest: /manifest\.\d+\.json$/,
  feedback: /feedback\.json$/,
  origin: /folder\.txt$/,
};

/** An index as it should be, and where it lies. */
interface Sound {
  readonly folder: string;
  readonly home: string;
  readonly index: string;
  readonly snapshot: Snapshot;
  /** The name of the file that each path or chunk's vector lies in. */
  readonly segmentOf: ReadonlyMap<string, string>;
}

export async function corruption({ seed, rounds, scratch, say }: Trial): Promise<readonly Row[]> {
  const random = generator(seed);
  const sound = await build(join(scratch, 'sound'));
  const model = join(scratch, 'model');
  cpSync(bundledModel(), model, { recursive: true });
  const tried: Record<Kind, number> = { catalog: 0, vectors: 0, manifest: 0, feedback: 0, origin: 0, model: 0 };
  let [found, harmed, wrong, repairs, repaired] = [0, 0, 0, 0, 0];
  for (let round = 0; round < rounds; round++) {
    const kind = pick(
      random,
      kinds.flatMap((one) => Array.from({ length: shares[one] }, () => one)),
    );
    tried[kind]++;
    const home = join(scratch, String(round));
    const problems: string[] = [];
    if (kind === 'model') {
      if (await tellsDamagedModel(model, random)) found++;
      else problems.push('not found in the model');
    } else {
      cpSync(sound.home, home, { recursive: true });
      const path = pick(
        random,
        filesIn(home).filter((name) => fileOf[kind].test(name)),
      );
      damage(path, random);
      const { told, lost, isWrong } = await look(sound, home, kind);
      if (told) found++;
      else problems.push('not told, or more than once');
      if (isWrong) problems.push('wrong content');
      if (isWrong) wrong++;
      if (lost !== '' && lost !== basename(path)) problems.push(`lost besides: ${lost}`);
      if (lost !== '' && lost !== basename(path)) harmed++;
      if (round % repairEvery === 0) {
        rmSync(home, { recursive: true, force: true });
        cpSync(sound.home, home, { recursive: true });
        damage(path, random);
        repairs++;
        if (await makesGood(sound, home)) repaired++;
        else problems.push('not made good');
      }
    }
    if (problems.length > 0) say(`round ${round}, ${kind}: ${problems.join(', ')}`);
    rmSync(home, { recursive: true, force: true });
    if (round % 200 === 199) say(`${round + 1} of ${rounds}`);
  }
  return [
    { name: 'files damaged', value: rounds },
    ...kinds.map((kind): Row => ({ name: `of them, ${kindInWords[kind]}`, value: tried[kind] })),
    all('found, and said once', found, rounds),
    none('lost besides what the damaged file held', harmed),
    none('wrong chunks or vectors', wrong),
    all('made good by the engine as it went on', repaired, repairs),
  ];
}

const kindInWords: Readonly<Record<Kind, string>> = {
  catalog: 'catalog segments',
  vectors: 'vector segments',
  manifest: 'manifests',
  feedback: 'what was learned from use',
  origin: 'the note of whose index it is',
  model: 'files of the model',
};

/** With several segments of each kind, and something learned. */
async function build(place: string): Promise<Sound> {
  const [folder, home] = [join(place, 'folder'), join(place, 'home')];
  mkdirSync(folder, { recursive: true });
  const engine = await Engine.open({ folder, home, model: bundledModel() });
  for (let part = 0; part < 4; part++) {
    writeFiles(folder, chapters(6, part * 6));
    engine.changed();
    await engine.settled();
  }
  const [hit] = (await engine.search({ query: 'lanterns', top: 1 })).results;
  if (!hit) throw new Error('Nothing was found in the sound index.');
  await engine.learn({
    kind: 'more',
    query: 'lanterns',
    path: hit.path,
    startLine: hit.startLine,
    endLine: hit.endLine,
  });
  const index = engine.status().indexPath;
  await engine.close();
  const store = await openStore(index, []);
  const snapshot = snapshotOf(store);
  await store.close();
  const segmentOf = new Map(snapshot.catalogs);
  for (const name of readdirSync(index).filter((each) => fileOf.vectors.test(each))) {
    const hashes = Buffer.from(unpackVectors(readFileSync(join(index, name)), name).hashes);
    for (let at = 0; at < hashes.length; at += hashBytes)
      segmentOf.set(hashes.toString('hex', at, at + hashBytes), name);
  }
  return { folder, home, index, snapshot, segmentOf };
}

const openStore = (index: string, told: string[]): Promise<Store> =>
  Store.open(index, { dimensions: 384, warn: (sentence) => told.push(sentence) });

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name));

function damage(path: string, random: () => number): void {
  const content = readFileSync(path);
  if (random() < 0.3) {
    writeFileSync(path, content.subarray(0, Math.floor(random() * content.length)));
    return;
  }
  const at = Math.floor(random() * content.length);
  content[at] = (content[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  writeFileSync(path, content);
}

interface Look {
  /** Whether the damage was said, once. */
  readonly told: boolean;
  /** The name of the file whose content is not there any more; '' for none. */
  readonly lost: string;
  readonly isWrong: boolean;
}

async function look(sound: Sound, home: string, kind: Exclude<Kind, 'model'>): Promise<Look> {
  const told: string[] = [];
  const index = join(home, relative(sound.home, sound.index));
  if (kind === 'feedback') {
    await new Feedback(join(dirname(dirname(index)), 'feedback.json'), (sentence) => told.push(sentence)).events();
    return { told: told.length === 1, lost: '', isWrong: false };
  }
  if (kind === 'origin') {
    // Nothing is said: it is written anew at the next start. But nothing may be taken for gone because of it.
    const removed = await evictOld(home, join(home, 'another', 'model', 'layout'), 0).catch(() => []);
    return { told: removed.length === 0, lost: '', isWrong: false };
  }
  const store = await openStore(index, told);
  const { missing, wrong } = lossFrom(sound.snapshot, snapshotOf(store));
  await store.close();
  const again = await openStore(index, told); // it is not told a second time
  await again.close();
  const lost = kind === 'manifest' ? '' : segmentsOf(sound, missing);
  return { told: told.length === 1, lost, isWrong: wrong };
}

/** The files that held what is missing. */
function segmentsOf({ segmentOf }: Sound, missing: readonly string[]): string {
  return [...new Set(missing.map((one) => segmentOf.get(one)))].join();
}

async function tellsDamagedModel(model: string, random: () => number): Promise<boolean> {
  const { files, instant } = await readModelManifest(model);
  const names = [...files.map(({ path }) => path), ...(instant ? [instant.path] : []), 'manifest.json'];
  const path = join(model, pick(random, names));
  const whole = readFileSync(path);
  damage(path, random);
  try {
    const now = await readModelManifest(model);
    for (const file of [...now.files, ...(now.instant ? [now.instant] : [])]) await readVerified(model, file);
    return false;
  } catch (error) {
    return error instanceof NearbyError && (error.code === 'bad-model' || error.code === 'no-model');
  } finally {
    writeFileSync(path, whole);
  }
}

/** Whether the engine ends with what the sound index holds. */
async function makesGood({ folder, snapshot, index, home: soundHome }: Sound, home: string): Promise<boolean> {
  const engine = await Engine.open({ folder, home, model: bundledModel(), log: () => undefined });
  engine.changed();
  await engine.settled();
  await engine.close();
  const told: string[] = [];
  const store = await openStore(join(home, relative(soundHome, index)), told);
  const { missing, wrong } = lossFrom(snapshot, snapshotOf(store));
  await store.close();
  return missing.length === 0 && !wrong && told.length === 0;
}
