import assert from 'node:assert/strict';
import { isDrained, linuxOnBattery, runsOnBattery } from '../../src/worker/power.ts';
import { removeTempFolders, tempFolder, writeFiles } from '../core/temp.ts';

describe('power', () => {
  after(removeTempFolders);

  it('is told by the batteries that the kernel lists', async () => {
    const plugged = tempFolder();
    writeFiles(plugged, { 'AC/online': '1\n', 'BAT0/status': 'Full\n', 'BAT1/status': 'Charging\n' });
    assert.equal(await linuxOnBattery(plugged), false);
    const unplugged = tempFolder();
    writeFiles(unplugged, { 'AC/online': '0\n', 'BAT0/status': 'Not charging\n', 'BAT1/status': 'Discharging\n' });
    assert.equal(await linuxOnBattery(unplugged), true);
    assert.equal(await linuxOnBattery('/no/such/folder'), false);
  });

  it("is told by macOS's report", () => {
    assert.equal(isDrained("Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t81%; discharging;"), true);
    assert.equal(isDrained("Now drawing from 'AC Power'\n -InternalBattery-0 (id=1)\t100%; charged;"), false);
  });

  it('can be asked on any machine', async () => assert.equal(typeof (await runsOnBattery()), 'boolean'));
});
