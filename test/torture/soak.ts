import type { Row, Trial } from './trial.ts';
export const soak = (_: Trial): Promise<readonly Row[]> => Promise.resolve([]);
