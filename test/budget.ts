/**
 * Holds the built page to its budget: what a visitor downloads before the first question appears, in
 * how many requests, and what the worker adds. Reads the built page, so build first. Also checked: the
 * libraries that only the worker needs must not be in the first load.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ChunkInventory } from '../vite.config.ts';

const kilobyte = 1000;
const limits = {
  firstLoad: 100 * kilobyte,
  styles: 15 * kilobyte,
  requests: 6,
  worker: 160 * kilobyte,
};
const heavyPackages = /^(memfs|yaml|zod|@jsonjoy\.com\/.*)$/;

const root = process.env['BUILD_FOLDER'] ?? join(import.meta.dirname, '..', 'dist');
const gzipped = (file: string): number =>
  gzipSync(readFileSync(join(root, file)), { level: 9 }).byteLength;

function inventoryOf(target: 'page' | 'worker'): ChunkInventory[] {
  const path = join(root, '.vite', `inventory-${target}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as ChunkInventory[];
}

/** A build without a worker is possible only while the page has none. */
function workerInventory(): ChunkInventory[] {
  const sources = globSync('src/app/*.worker.ts', { cwd: join(import.meta.dirname, '..') });
  return sources.length === 0 ? [] : inventoryOf('worker');
}

/** The chunks that load without anybody asking: the entries and what they import statically. */
function loadedAtOnce(chunks: ChunkInventory[]): ChunkInventory[] {
  const byFile = new Map(chunks.map((chunk) => [chunk.file, chunk]));
  const reached = new Set<ChunkInventory>();
  const visit = (chunk: ChunkInventory | undefined): void => {
    if (chunk === undefined || reached.has(chunk)) return;
    reached.add(chunk);
    for (const file of chunk.imports) visit(byFile.get(file));
  };
  for (const chunk of chunks) if (chunk.isEntry) visit(chunk);
  return [...reached];
}

function linkedFrom(page: string): string[] {
  const links = [...page.matchAll(/(?:src|href)="\.?\/?([^"#?:]+)"/g)];
  return [...new Set(links.map((link) => link[1] ?? ''))].filter((file) => file !== '');
}

interface Measure {
  what: string;
  value: number;
  limit: number;
  show: (value: number) => string;
}

function measures(): Measure[] {
  const page = loadedAtOnce(inventoryOf('page')).map((chunk) => chunk.file);
  const worker = loadedAtOnce(workerInventory()).map((chunk) => chunk.file);
  const linked = linkedFrom(readFileSync(join(root, 'index.html'), 'utf8'));
  const styles = linked.filter((file) => file.endsWith('.css'));
  const requested = new Set(['index.html', ...page, ...linked, ...worker]);
  const total = (files: string[]): number => files.reduce((sum, file) => sum + gzipped(file), 0);
  const size = (value: number): string => `${(value / kilobyte).toFixed(1)} kB`;
  const { firstLoad, requests } = limits;
  return [
    { what: 'scripts of the first load', value: total(page), limit: firstLoad, show: size },
    { what: 'styles of the first load', value: total(styles), limit: limits.styles, show: size },
    { what: 'requests, the worker included', value: requested.size, limit: requests, show: String },
    { what: 'worker', value: total(worker), limit: limits.worker, show: size },
  ];
}

function misplacedPackages(): string[] {
  return loadedAtOnce(inventoryOf('page')).flatMap((chunk) =>
    chunk.packages
      .filter((name) => heavyPackages.test(name))
      .map((name) => `${name} is in ${basename(chunk.file)}, which every visitor loads first.`),
  );
}

if (!existsSync(join(root, 'index.html'))) {
  console.error('There is no built page to measure: run "npm run build" first.');
  process.exit(1);
}

let exceeded = false;
for (const { what, value, limit, show } of measures()) {
  const fits = value <= limit;
  if (!fits) exceeded = true;
  const verdict = `${show(value).padStart(9)} of ${show(limit)}`;
  console.log(`${fits ? '✓' : '✗'} ${what.padEnd(30)} ${verdict}`);
}
const misplaced = misplacedPackages();
for (const complaint of misplaced) console.error(`✗ ${complaint}`);
if (exceeded || misplaced.length > 0) process.exitCode = 1;
