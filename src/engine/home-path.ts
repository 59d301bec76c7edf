/** Paths as people write them in scenarios. */

/** Home directory of an account: root's is /root. Source: useradd(8) and the Debian base files. */
export function homeOf(user: string): string {
  return user === 'root' ? '/root' : `/home/${user}`;
}

/** A path with `~` replaced by the home of a user. */
export function expandHome(path: string, user: string): string {
  if (path === '~') return homeOf(user);
  return path.startsWith('~/') ? `${homeOf(user)}${path.slice(1)}` : path;
}
