/**
 * The places of a folder's index: the one in use, the one that is built beside it, and the former one, to which one can go
 * back. An index is moved by renaming its folder, so that there is a whole one in use at any moment but two.
 */
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { say } from './say.ts';
import { removeFolder } from './store/files.ts';
import { WriterLock } from './store/lock.ts';
import type { Store } from './store/store.ts';
import { NearbyError } from './types.ts';

/** @param inUse the folder of the index in use */
export const besideOf = (inUse: string): string => `${inUse}.next`;
const formerOf = (inUse: string): string => `${inUse}.former`;

/** Before the index in use is opened: puts right what a crash has left half done. */
export async function recoverPlaces(inUse: string): Promise<void> {
  if (!existsSync(inUse) && existsSync(formerOf(inUse))) await rename(formerOf(inUse), inUse);
  await removeUnused(besideOf(inUse)).catch(() => undefined); // where nothing can be written, what was begun does no harm
}

/** Removes an index that no process has open as its writer; false when one has, or there is none. */
export async function removeUnused(path: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  const lock = await WriterLock.tryAcquire(path);
  if (!lock) return false;
  lock.lose();
  await removeFolder(path);
  return true;
}

/** Before one is built beside. @throws NearbyError `not-writer` while another process does that */
export async function makeRoomBeside(inUse: string): Promise<void> {
  if (!existsSync(besideOf(inUse)) || (await removeUnused(besideOf(inUse)))) return;
  throw new NearbyError('not-writer', say('Another window is rebuilding this index; wait until it is done.'));
}

/** Puts the index that was built beside in the place of the one in use, which becomes the former one. Closes both. */
export async function swapIn(beside: Store, inUse: Store): Promise<void> {
  const path = inUse.folder;
  await inUse.moveTo(formerOf(path));
  await beside.moveTo(path);
}

/** @throws NearbyError `no-former` where there is nothing to go back to */
export function mustHaveFormer(inUse: Store): void {
  if (existsSync(formerOf(inUse.folder))) return;
  const sentence = say('There is no former index to go back to: one is kept when the index is rebuilt.');
  throw new NearbyError('no-former', sentence);
}

/** The former index and the one in use change places. Closes the latter. */
export async function exchangeWithFormer(inUse: Store): Promise<void> {
  const path = inUse.folder;
  await inUse.moveTo(besideOf(path));
  await rename(formerOf(path), path);
  await rename(besideOf(path), formerOf(path));
}
