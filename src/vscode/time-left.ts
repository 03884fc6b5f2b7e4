/** How long until the model has read all that waits, by how fast it went in the last half minute. */
import * as vscode from 'vscode';
import type { Status } from '../worker/protocol.ts';

/** What counts for the speed. */
const windowMs = 30_000;
/** In the first moments the speed says little: the model is loaded, and small files come first. */
const leastMs = 5_000;

interface Sample {
  readonly atMs: number;
  readonly embedded: number;
}

export class TimeLeft {
  #samples: Sample[] = [];

  /**
   * @param atMs when the status was true, in milliseconds
   * @returns seconds; undefined while nothing is embedded and while it is too early to tell
   */
  after({ state, chunks, embedded }: Status, atMs = Date.now()): number | undefined {
    const last = this.#samples.at(-1);
    if (state !== 'embedding' || (last && embedded < last.embedded)) this.#samples = [];
    if (state !== 'embedding') return undefined;
    this.#samples.push({ atMs, embedded });
    this.#samples = this.#samples.filter((sample) => atMs - sample.atMs <= windowMs);
    const first = this.#samples[0];
    if (!first || atMs - first.atMs < leastMs || embedded <= first.embedded) return undefined;
    const chunksPerMs = (embedded - first.embedded) / (atMs - first.atMs);
    return (chunks - embedded) / chunksPerMs / 1000;
  }
}

/** `about 3 minutes left`; coarse, for it is an estimate. */
export function timeLeftInWords(seconds: number): string {
  if (seconds < 10) return vscode.l10n.t('a few seconds left');
  if (seconds < 55) return vscode.l10n.t('about {0} seconds left', Math.ceil(seconds / 10) * 10);
  const minutes = Math.round(seconds / 60);
  if (minutes <= 1) return vscode.l10n.t('about a minute left');
  if (minutes < 60) return vscode.l10n.t('about {0} minutes left', minutes);
  const hours = Math.round(minutes / 60);
  return hours === 1 ? vscode.l10n.t('about an hour left') : vscode.l10n.t('about {0} hours left', hours);
}
