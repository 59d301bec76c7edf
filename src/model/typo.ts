/** How a mistake in a file of configuration is written down. */

/** A line that names a file system which is not there: what a slip in /etc/fstab comes to. */
export const typoMark = 'UUID=0000-typo /data ext4 defaults 0 2';
