/** The worker process: runs the engines of the folders and answers its parent. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { assessmentAsMarkdown, findings, soundIndex, type Assessment } from '../core/assessment.ts';
import { bundledModel } from '../core/bundled-model.ts';
import type { Engine, EngineOptions } from '../core/engine.ts';
import { readJudged } from '../core/evaluate.ts';
import { say, speak } from '../core/say.ts';
import { NearbyError, type Status } from '../core/types.ts';
import { usualLimits, watchMemory, type MemoryLimits } from './memory.ts';
import { OpenedFolder } from './opened-folder.ts';
import { runsOnBattery } from './power.ts';
import type { EvaluationReport, FolderOptions, FromWorker, Replies, Request, ToWorker } from './protocol.ts';

/** How often a folder's status is sent at the most. */
const statusIntervalMs = 200;

/** How often it is asked whether the machine runs on its battery. */
const powerIntervalMs = 30_000;

const folders = new Map<string, OpenedFolder>();
/** Requests that wait for their turn or are being answered, each with what breaks it off. */
const answering = new Map<number, AbortController>();
const waitingStatus = new Map<string, Status>();
let statusTimer: NodeJS.Timeout | undefined;

process.on('message', (message: ToWorker) => {
  if (message.kind === 'speak') speak(message.texts);
  else if (message.kind === 'cancel') answering.get(message.id)?.abort();
  else void answer(message.id, message.request);
});
process.once('disconnect', () => void shutDown());
setInterval(() => void followPower(), powerIntervalMs).unref();
watchMemory(memoryLimits(process.argv[2]), indexBytes, (excess) => send({ kind: 'recycle', excess }));

async function answer(id: number, request: Request): Promise<void> {
  const abort = new AbortController();
  const { signal } = abort;
  answering.set(id, abort);
  try {
    await nextTurn(); // a cancellation sent right behind is seen first
    if (!signal.aborted) send({ kind: 'reply', id, reply: await handle(request, signal) });
  } catch (error) {
    if (signal.aborted) return; // nobody waits for it any more
    const code = error instanceof NearbyError ? error.code : 'internal';
    if (!(error instanceof NearbyError)) log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    send({ kind: 'failure', id, failure: { code, message: error instanceof Error ? error.message : String(error) } });
  } finally {
    answering.delete(id);
  }
}

async function handle(request: Request, signal: AbortSignal): Promise<Replies[keyof Replies]> {
  switch (request.type) {
    case 'open':
      return openFolder(request.options);
    case 'close':
      await closeFolder(request.folder);
      return null;
    case 'changed':
      for (const engine of await enginesOf(request.folder)) engine.changed(request.paths);
      return null;
    case 'search':
      return (await engineOf(request.folder)).search(request.query);
    case 'sharpen':
      return (await engineOf(request.folder)).searchSharpened(request.query);
    case 'similar':
      return (await engineOf(request.folder)).similar(request.query);
    case 'map':
      return (await engineOf(request.folder)).map(signal);
    case 'duplicates':
      return (await engineOf(request.folder)).duplicates(signal);
    case 'why':
      return (await engineOf(request.folder)).why(request.path);
    case 'evaluate': {
      const judged = request.judged === undefined ? [] : await readJudged(request.judged);
      return reportOn(await (await engineOf(request.folder)).assess(judged));
    }
    case 'learn':
      await (await engineOf(request.folder)).learn(request.event);
      return null;
    case 'learned':
      return (await engineOf(request.folder)).learned();
    case 'forget':
      await (await engineOf(request.folder)).forget(request.query);
      return null;
    case 'draft':
      await (await engineOf(request.folder)).draft(request.path, request.text);
      return null;
    case 'prefer':
      for (const engine of await enginesOf(request.folder)) engine.prefer(request.paths);
      return null;
    case 'typing':
      for (const engine of await enginesOf(request.folder)) engine.typing();
      return null;
    case 'status':
      return folderOf(request.folder).status();
    case 'pause':
      for (const engine of await enginesOf(request.folder)) engine.pause();
      return null;
    case 'resume':
      for (const engine of await enginesOf(request.folder)) engine.resume();
      return null;
    case 'rebuild':
      await folderOf(request.folder).rebuild();
      return null;
    case 'rollBack':
      await folderOf(request.folder).rollBack();
      return null;
    case 'clear':
      await folderOf(request.folder).erase();
      await closeFolder(request.folder);
      return null;
    case 'report':
      return (await engineOf(request.folder)).report();
    case 'files':
      return (await engineOf(request.folder)).files(request.query);
  }
}

async function openFolder(options: FolderOptions): Promise<Status> {
  const { folder } = options;
  const opened = folders.get(folder);
  if (opened) {
    await opened.reopen(engineOptions(options));
    return opened.status();
  }
  const opening = new OpenedFolder(engineOptions(options));
  folders.set(folder, opening);
  try {
    (await opening.engine).changed();
  } catch (error) {
    folders.delete(folder);
    throw error;
  }
  return opening.status();
}

function engineOptions(options: FolderOptions): EngineOptions {
  return {
    folder: options.folder,
    model: bundledModel(),
    ...(options.home ? { home: options.home } : {}),
    exclude: options.exclude,
    include: options.include ?? [],
    maxFileSize: options.maxFileSize,
    speed: options.speed,
    learn: options.learn ?? true,
    onStatus: sendStatus,
    notify: (sentence) => send({ kind: 'notice', folder: options.folder, sentence }),
    log,
  };
}

async function closeFolder(folder: string): Promise<void> {
  const opened = folders.get(folder);
  folders.delete(folder);
  waitingStatus.delete(folder);
  await opened?.close();
}

function reportOn(assessment: Assessment): EvaluationReport {
  const found = findings(assessment.health);
  return {
    markdown: assessmentAsMarkdown(assessment),
    findings: (found.length > 0 ? found : [soundIndex()]).map((finding) => finding.replaceAll('**', '')),
    isSound: found.length === 0,
  };
}

function folderOf(path: string): OpenedFolder {
  const opened = folders.get(path);
  if (!opened) throw new NearbyError('not-open', say('The folder {0} is not open.', path));
  return opened;
}

const engineOf = (path: string): Promise<Engine> => folderOf(path).engine;
const enginesOf = (path: string): Promise<readonly Engine[]> => folderOf(path).engines();

/** Tells the engines that embed whether the machine runs on its battery. */
async function followPower(): Promise<void> {
  const embedding = (await openEngines()).filter(isEmbedding);
  if (embedding.length === 0) return;
  try {
    const onBattery = await runsOnBattery();
    for (const engine of embedding) engine.onBattery = onBattery;
  } catch (error) {
    log(`the power supply cannot be asked: ${String(error)}`);
  }
}

async function openEngines(): Promise<Engine[]> {
  const opened = await Promise.allSettled([...folders.values()].map((folder) => folder.engines()));
  return opened.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
}

async function indexBytes(): Promise<number> {
  return (await openEngines()).reduce((sum, engine) => sum + engine.status().indexBytes, 0);
}

/** @param given by the parent, as JSON, where it wants others than the usual ones */
function memoryLimits(given: string | undefined): MemoryLimits {
  return given === undefined ? usualLimits : (JSON.parse(given) as MemoryLimits);
}

function isEmbedding(engine: Engine): boolean {
  return engine.status().state === 'embedding';
}

function sendStatus(status: Status): void {
  waitingStatus.set(status.folder, status);
  statusTimer ??= setTimeout(() => {
    statusTimer = undefined;
    for (const waiting of waitingStatus.values()) send({ kind: 'status', status: waiting });
    waitingStatus.clear();
  }, statusIntervalMs);
}

function send(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The parent is gone or wants an end: the indexes are closed, so that their locks are free at once. */
async function shutDown(): Promise<void> {
  await Promise.allSettled([...folders.values()].map((folder) => folder.close())); // one that never opened needs no closing
  process.exit(0);
}
