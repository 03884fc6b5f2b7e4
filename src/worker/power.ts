/** Whether the machine runs on its battery, where the system tells without a library: Linux and macOS. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const linuxSupplies = '/sys/class/power_supply';

/** Whether any battery is being drained; false on other systems and where nothing is told. */
export async function runsOnBattery(): Promise<boolean> {
  if (process.platform === 'darwin')
    return isDrained((await promisify(execFile)('/usr/bin/pmset', ['-g', 'batt'])).stdout);
  return process.platform === 'linux' && linuxOnBattery(linuxSupplies);
}

/** What `pmset -g batt` says. */
export function isDrained(report: string): boolean {
  return report.includes("'Battery Power'");
}

/** @param supplies the folder of the kernel's power supplies; one that is not there says no */
export async function linuxOnBattery(supplies: string): Promise<boolean> {
  const names = await readdir(supplies).catch(() => []); // a machine without one, or a container
  const states = await Promise.all(
    names.map((name) => readFile(join(supplies, name, 'status'), 'utf8').catch(() => '')), // mains have none
  );
  return states.some((state) => state.trim() === 'Discharging');
}
