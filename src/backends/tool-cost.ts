/**
 * How long tools compute, where that depends on how much they handle. Downloads are counted as done before the update
 * starts, as in the recorded runs: no network takes time here. Measured elsewhere, on other machines: the order of size
 * counts.
 */

/** How what is installed was packed. */
export type Compression = 'gzip' | 'xz' | 'zstd';

/**
 * Bytes per second that come out when an archive is unpacked. Measured: 183,033,856 bytes of an initramfs in 1.38 s,
 * 3.37 s and 0.44 s. Source:
 * https://matoken.org/blog/2021/03/25/change-the-linux-kernel-initramfs-compression-format-on-debian/.
 */
const unpackedBytesPerSecond: { readonly [name in Compression]: number } = {
  gzip: 133_000_000,
  xz: 54_000_000,
  zstd: 416_000_000,
};

/** Microseconds that unpacking takes until `sizeBytes` have come out. */
export function unpackMicroseconds(compression: Compression, sizeBytes: number): number {
  return Math.ceil((sizeBytes * 1_000_000) / unpackedBytesPerSecond[compression]);
}

/**
 * Bytes per second of a finished initramfs that its generator makes. Measured: 47 MiB in 8.58 s with zstd -6 on a
 * laptop; dracut is taken to be as fast as initramfs-tools. Source:
 * https://lists.ubuntu.com/archives/ubuntu-devel/2021-December/041726.html.
 */
const initramfsBytesPerSecond = 5_740_000;

/** Microseconds that collecting and packing an initramfs of `sizeBytes` takes. */
export function initramfsMicroseconds(sizeBytes: number): number {
  return Math.ceil((sizeBytes * 1_000_000) / initramfsBytesPerSecond);
}
