/** Loaded by mocha before the page tests: a picture of each window when a test fails, and no process left at the end. */
import type { Context, RootHookObject } from 'mocha';
import { stopAll } from '../../../tools/editor/cleanup.ts';
import { openEditors } from './open.ts';
import { screenshot } from './page.ts';

export const mochaHooks: RootHookObject = {
  async afterEach(this: Context) {
    const test = this.currentTest;
    if (!test || test.state === 'passed' || test.isPending()) return;
    // One that is to be tried once more is not said to have failed.
    const name = `${test.state === 'failed' ? 'failed' : 'tried'}-${test.fullTitle().replace(/[^\w]+/g, '-')}`;
    for (const [index, { page }] of openEditors().entries()) {
      const path = await screenshot(page, `${name}${index || ''}`).catch(() => undefined);
      if (path) console.log(`      ${path}`);
    }
  },
  async afterAll() {
    await stopAll();
  },
};
