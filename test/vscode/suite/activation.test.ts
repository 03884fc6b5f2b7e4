import assert from 'node:assert/strict';
import { extensions } from 'vscode';

describe('activation', () => {
  it('activates', async () => {
    const extension = extensions.getExtension('nearby.nearby');
    assert.ok(extension, 'nearby.nearby is not installed');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
