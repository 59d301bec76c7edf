/** Ends that somebody keeps to hold others against, and what tells the runs apart that they come from. */
import type { Drive } from '../model/device.ts';
import { driveText } from '../model/drive-words.ts';
import type { ScenarioHeadline } from './catalogue.ts';
import type { Comparable } from './comparison.ts';

/** More would be a list to get lost in. */
const endCountMax = 6;

/** The kept ends of a tab; the newest first. */
export class KeptEnds {
  ends = $state.raw<readonly Comparable[]>([]);

  keep(end: Comparable): void {
    const others = this.ends.filter(({ name }) => name !== end.name);
    this.ends = [end, ...others].slice(0, endCountMax);
  }
}

/** What a run hangs on besides the machine. */
export interface Setting {
  readonly headline: ScenarioHeadline | undefined;
  readonly variant: string | undefined;
  readonly drive: Drive | undefined;
  readonly release: 'classroom' | 'full';
}

/** The setting in words: scenario, variant, and what is not as usual. */
export function settingWords({ headline, variant, drive, release }: Setting): string {
  const { variants = [], title = 'your own scenario' } = headline ?? {};
  const label = variants.find(({ id }) => id === (variant ?? variants[0]?.id))?.label;
  const words = [
    title,
    label,
    drive === undefined ? undefined : driveText(drive),
    release === 'full' ? 'full release' : undefined,
  ];
  return words.filter((one) => one !== undefined).join(', ');
}
