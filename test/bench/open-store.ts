import { Store } from '../../src/core/store/store.ts';

/** Opens an index as the engine does. @throws Error when anything of it is damaged */
export function openStoreOf(path: string, dimensions: number): Promise<Store> {
  const warn = (message: string): never => {
    throw new Error(message);
  };
  return Store.open(path, { dimensions, warn });
}
