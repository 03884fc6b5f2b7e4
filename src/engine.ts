/** The engine as a module for scripts. */
export { bundledModel } from './core/bundled-model.ts';
export { Engine } from './core/engine.ts';
export { NearbyError } from './core/types.ts';
