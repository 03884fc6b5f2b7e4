/** Loaded by mocha before the page tests: a picture of each window when a test fails, and no process left at the end. */
import type { Context, RootHookObject } from 'mocha';
import { stopAll } from '../../../tools/editor/cleanup.ts';
import { openEditors } from './open.ts';
import { screenshot } from './page.ts';

export const mochaHooks: RootHookObject = {
  async afterEach(this: Context) {
    const test = this.currentTest;
    if (test?.state !== 'failed') return;
    const name = test.fullTitle().replace(/[^\w]+/g, '-');
    for (const [index, { page }] of openEditors().entries()) {
      const path = await screenshot(page, `failed-${name}${index || ''}`).catch(() => undefined);
      if (path) console.log(`      ${path}`);
    }
  },
  async afterAll() {
    await stopAll();
  },
};
