/**
 * Every bound that one could argue with, in one place, each with its unit and its reason.
 */

/** Local inode numbers per subvolume: 20 bits, so that (subvolume, local) fits one positive 32-bit integer. */
export const localInodeCountMax = 1 << 20;

/** Subvolumes per file system: the bits that are left beside {@link localInodeCountMax}. */
export const subvolumeCountMax = 1 << 10;

/** Symbolic links followed in one path before ELOOP. Source: Linux include/linux/namei.h, MAXSYMLINKS. */
export const symbolicLinkDepthMax = 40;

/** Bytes in one file name. Source: Linux include/uapi/linux/limits.h, NAME_MAX. */
export const nameLengthBytesMax = 255;

/** Bytes in one path, its end mark not counted. Source: Linux include/uapi/linux/limits.h, PATH_MAX. */
export const pathLengthBytesMax = 4095;

/** Quiet time simulated after an update, so that the clocks of the kernel run out; the recordings use the same 38 s. */
export const settlingMicroseconds = 38_000_000;

/** Bytes of scenario text accepted; larger files are refused before they are parsed. */
export const scenarioBytesMax = 256 * 1024;

/** Levels of lists and keys within each other in a scenario; the language needs five. */
export const scenarioDepthMax = 16;

/** Aliases that a scenario may expand, so that a few lines of YAML cannot grow to gigabytes. */
export const scenarioAliasCountMax = 20;

/** Mistakes listed for one scenario; the rest is counted. */
export const problemCountMax = 100;

/** Steps of one scenario, after `repeat` is counted out. */
export const stepCountMax = 200;

/** Rounds of one `repeat`. */
export const repeatCountMax = 20;

/** Bytes that the file system with /var holds once a scenario lets it fill: a small disk of today. */
export const fullDiskBytes = 64 * 1024 ** 3;

/** Operations of one simulated run before the simulation refuses to go on; a runaway loop must not freeze a browser. */
export const operationCountMax = 1_000_000;

/** Lines of one terminal that are kept; older ones are counted and dropped. */
export const terminalLineCountMax = 400;

/** Free micro-operations of which every subset is tried; beyond that a search samples and says so. */
export const exploredSubsetBitsMax = 12;

/** Moments of one window whose legal cuts are searched subset by subset; where there are more, they are spread evenly. */
export const searchedMomentCountMax = 48;

/** Cuts of one moment that are searched: the earliest, the latest, and others spread evenly between them. */
export const searchedCutCountMax = 6;

/** Single losses and single survivors tried at one cut, each; where more are free, a seeded sample. */
export const searchedSingleCountMax = 96;

/** Random halves of the free micro-operations tried at one cut. */
export const searchedHalfCountMax = 2;

/** Combinations of what several volumes can show that are judged at one moment, after states that come to the same are one. */
export const searchedCombinationCountMax = 512;

/** Distinct states that a table remembers, at 9 bytes a place and half of them filled; beyond it, it only counts. */
export const rememberedStateCountMax = 1 << 21;

/** Missing operations that a counter-example names; the rest is counted. */
export const missingListedCountMax = 8;

/** Links of the chain of operations that a reason tells; older ones are left out. */
export const whyChainLinkCountMax = 6;
