import { posix } from 'node:path';
import type { SourceFile } from './source.ts';

function findings(file: SourceFile, pattern: RegExp, complaint: string): string[] {
  return file.text.split('\n').flatMap((line, index) => {
    const found = pattern.exec(line)?.[0];
    return found === undefined ? [] : [`${file.path}:${index + 1}: ${found.trim()}: ${complaint}`];
  });
}

/** Notes about work left undone: do it, or write an issue that others can find. */
export function unfinishedWork(files: SourceFile[]): string[] {
  // Spelled in pieces, so that this file does not complain about itself.
  const pattern = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`);
  return files.flatMap((file) => findings(file, pattern, 'finish it or leave it out.'));
}

/**
 * Paths that exist on one developer's machine only. Folders such as /tmp and /home belong to the
 * simulated machines as well, so only those are looked for that no simulated machine has.
 */
export function machinePaths(files: SourceFile[]): string[] {
  const pattern =
    /(?<![\w./-])\/(work|workspace|Users)\/[\w.-]+|\bfile:\/\/\/[a-z]|\b[A-Z]:\\Users\b/;
  return files.flatMap((file) => findings(file, pattern, 'this path exists on one machine only.'));
}

/** Hosts that packages came from: whoever installs has their own. */
export function registryHosts(files: SourceFile[]): string[] {
  const pattern =
    /https?:\/\/[^\s"'/]*(registry\.(npmjs|yarnpkg)|verdaccio|artifactory)[^\s"'/]*|"resolved":/;
  return files.flatMap((file) =>
    findings(file, pattern, 'leave out where packages came from; others use another registry.'),
  );
}

/** The anchor that a heading gets on the usual places that show Markdown. */
function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*_]/g, (mark) => (mark === '_' ? '_' : ''))
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

const withoutCode = (text: string): string =>
  text.replace(/^(```|~~~)[\s\S]*?^\1/gm, (block) => block.replace(/[^\n]/g, ''));

function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutCode(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const anchor = anchorOf(heading);
    let unique = anchor;
    for (let copy = 1; anchors.has(unique); copy += 1) unique = `${anchor}-${copy}`;
    anchors.add(unique);
  }
  for (const [, id = ''] of text.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

/** Links in Markdown files to files or headings that do not exist. */
export function brokenLinks(pages: SourceFile[], exists: (path: string) => boolean): string[] {
  const byPath = new Map(pages.map((page) => [page.path, page]));
  return pages.flatMap((page) =>
    withoutCode(page.text)
      .split('\n')
      .flatMap((line, index) =>
        [...line.replace(/`[^`]*`/g, '').matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].flatMap(
          ([, link = '']) => {
            if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return [];
            const [target = '', anchor] = link.split('#');
            const path =
              target === ''
                ? page.path
                : posix.join(posix.dirname(page.path), decodeURIComponent(target));
            const place = `${page.path}:${index + 1}`;
            if (path.startsWith('..') || !exists(path)) return [`${place}: ${link} leads nowhere.`];
            const other = byPath.get(path);
            if (anchor === undefined || anchor === '' || other === undefined) return [];
            return anchorsOf(other.text).has(anchor)
              ? []
              : [`${place}: ${path} has no heading "#${anchor}".`];
          },
        ),
      ),
  );
}
