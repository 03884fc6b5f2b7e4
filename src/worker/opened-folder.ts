/** A folder that is open in the worker: the engine that answers and, while its index is rebuilt, the one that builds it. */
import { Engine, type EngineOptions } from '../core/engine.ts';
import { defaultHome } from '../core/home.ts';
import { removeGone } from '../core/old-indexes.ts';
import { say } from '../core/say.ts';
import { NearbyError, type Status } from '../core/types.ts';

export class OpenedFolder {
  #options: EngineOptions;
  #answering: Promise<Engine>;
  #building: Engine | undefined;

  /** @param options where its status and what is said of it go, too */
  constructor(options: EngineOptions) {
    this.#options = options;
    this.#answering = this.#open();
  }

  /** The engine that answers, once it is open. What is asked while the index changes its place waits for that. */
  get engine(): Promise<Engine> {
    return this.#answering;
  }

  /** The engines that follow what the user does: both, while the index is rebuilt. */
  async engines(): Promise<readonly Engine[]> {
    const answering = await this.#answering;
    return this.#building ? [answering, this.#building] : [answering];
  }

  async status(): Promise<Status> {
    return (this.#building ?? (await this.#answering)).status();
  }

  /** Opens it again with other options; a rebuild that is under way begins anew. */
  reopen(options: EngineOptions): Promise<void> {
    return this.#replace(() => Promise.resolve(), options);
  }

  /**
   * Builds the index anew beside the one in use, which answers until the new one is whole, and stays when that fails.
   * @throws NearbyError `not-rebuilt`, `not-writer`
   */
  async rebuild(): Promise<void> {
    if (this.#building) return;
    (await this.#answering).mustWrite();
    const building = await this.#open({ beside: true });
    this.#building = building;
    building.changed();
    await building.settled();
    if (this.#building !== building) return; // closed meanwhile, or begun anew
    const { state, message } = building.status();
    this.#building = undefined;
    if (state === 'failed') {
      await building.clear();
      const sentence = say('The index could not be rebuilt, and stays as it was. {0}', message ?? '');
      throw new NearbyError('not-rebuilt', sentence);
    }
    await this.#replace((answering) => building.takePlaceOf(answering).finally(() => building.close()));
  }

  /** The index before the last rebuild comes back. @throws NearbyError `no-former`, `not-writer` */
  rollBack(): Promise<void> {
    return this.#replace((answering) => answering.rollBack());
  }

  async close(): Promise<void> {
    await this.#stopBuilding();
    await (await this.#answering).close();
  }

  /**
   * Removes every byte that is kept for the folder, and the indexes of folders that are gone, and closes it.
   * @throws NearbyError `not-writer`
   */
  async erase(): Promise<void> {
    await this.#stopBuilding();
    await (await this.#answering).erase();
    await removeGone(this.#options.home ?? defaultHome());
  }

  async #stopBuilding(): Promise<boolean> {
    const building = this.#building;
    this.#building = undefined;
    await building?.clear();
    return building !== undefined;
  }

  /**
   * Closes the engine that answers, and opens another one in any case.
   * @param move what happens to its index in between; it may throw
   */
  async #replace(move: (former: Engine) => Promise<void>, options = this.#options): Promise<void> {
    const former = this.#answering;
    const rebuilds = options !== this.#options && (await this.#stopBuilding());
    this.#options = options;
    const outcome = { wasPaused: false, failures: [] as unknown[] };
    this.#answering = former
      .then(
        async (engine) => {
          outcome.wasPaused = engine.status().state === 'paused';
          await move(engine).catch((error: unknown) => outcome.failures.push(error));
          await engine.close();
        },
        () => undefined, // it never opened
      )
      .then(() => this.#open());
    const engine = await this.#answering;
    if (outcome.wasPaused) engine.pause();
    engine.changed();
    if (outcome.failures.length > 0) throw outcome.failures[0];
    if (rebuilds) await this.rebuild();
  }

  #open({ beside = false } = {}): Promise<Engine> {
    const { onStatus } = this.#options;
    return Engine.open({
      ...this.#options,
      ...(beside && { beside }),
      onStatus: (status) => {
        if (beside || !this.#building) onStatus?.(status);
      },
    });
  }
}
