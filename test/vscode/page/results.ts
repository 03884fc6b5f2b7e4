/** The results of the search view, of which only those near the ones in sight are in the page. */
import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';

/** Scrolls through the results until `row` is there. */
export async function scrollTo(view: FrameLocator, row: Locator): Promise<void> {
  const tree = view.locator('#tree');
  for (let top = 0; ; top += 300) {
    const atEnd = await tree.evaluate((element, to) => {
      element.scrollTop = to;
      return element.scrollTop + element.clientHeight >= element.scrollHeight;
    }, top);
    await tree.evaluate(() => new Promise(requestAnimationFrame)); // the rows follow the scroll event
    if ((await row.count()) > 0) return;
    assert.ok(!atEnd, `${row.toString()} is not among the results`);
  }
}
