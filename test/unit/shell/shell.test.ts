/** What the shell prints and does, line by line, beside what bash and coreutils 9 print and do. */
import { describe, expect, test } from 'vitest';
import { Kernel } from '../../../src/kernel/kernel.ts';
import type { Procedure } from '../../../src/kernel/process.ts';
import type { SimulatedProcess } from '../../../src/kernel/simulated-process.ts';
import { attributes } from '../../../src/model/attributes.ts';
import { BlobTable, wholeBlob } from '../../../src/model/content.ts';
import { ImageBuilder, Volume } from '../../../src/model/volume.ts';
import { runCommand } from '../../../src/shell/shell.ts';

const sam = { user: 1000, group: 1000 };

function image(blobs: BlobTable): Volume {
  const builder = new ImageBuilder();
  const { root } = builder;
  const content = (text: string) => wholeBlob(blobs.intern(text), text.length);
  for (const name of ['proc', 'sys', 'boot', 'usr/lib', 'data', 'tmp', 'locked']) {
    builder.directory(root, name);
  }
  builder.setAttributes(builder.lookup(root, 'tmp'), attributes('directory', 0o1777));
  builder.directory(root, 'home/sam', attributes('directory', 0o755, sam));
  builder.setAttributes(builder.lookup(root, 'home'), attributes('directory'));
  builder.file(root, 'home/sam/a.txt', content('one\n'), attributes('file', 0o644, sam));
  builder.file(root, 'home/sam/b.txt', content('two\n'), attributes('file', 0o644, sam));
  builder.file(root, 'home/sam/.hidden', content('dot\n'), attributes('file', 0o644, sam));
  builder.file(root, 'usr/bin', content('a program'));
  builder.symlink(root, 'lib', 'usr/lib');
  builder.file(root, 'boot/kernel', content('kernel'));
  return new Volume({ id: 'root', profile: 'ext4', label: 'root' }, builder.state());
}

/** A machine with /data and /usr on mounts of their own, /usr read-only. */
class Machine {
  readonly kernel: Kernel;
  readonly #blobs = new BlobTable();

  constructor() {
    this.kernel = new Kernel({ volumes: [image(this.#blobs)], blobs: this.#blobs });
    const os = this.kernel.process({ user: 0, group: 0 });
    this.#finish(os, this.#mounts(os));
  }

  *#mounts(os: SimulatedProcess): Procedure {
    const root = { kind: 'volume', volume: 'root' } as const;
    yield* os.mount({ mountPoint: '/', source: root, readOnly: false });
    yield* os.mount({ mountPoint: '/data', source: { kind: 'tmpfs' }, readOnly: false });
    yield* os.chmod('/data', 0o777);
    yield* os.mount({ mountPoint: '/usr', source: { kind: 'bind', path: '/usr' }, readOnly: true });
  }

  #finish(os: SimulatedProcess, procedure: Procedure<unknown>): unknown {
    let result: unknown;
    function* keep(): Procedure {
      result = yield* procedure;
    }
    this.kernel.start(os, keep());
    this.kernel.run();
    return result;
  }

  /** Lines that a command of sam prints, and its status. */
  type(line: string): string {
    const os = this.kernel.process(sam);
    os.cwd = '/home/sam';
    const before = this.kernel.terminal.length;
    const asRoot = () => this.kernel.process({ user: 0, group: 0 });
    const context = { home: '/home/sam', programs: {}, asRoot };
    const status = this.#finish(os, runCommand(os, line, context));
    const lines = this.kernel.terminal.slice(before).map(({ text }) => text);
    return [...lines, `(${String(status)})`].join('\n');
  }
}

const denied = 'Operation not permitted';
const table: readonly (readonly [string, string])[] = [
  ['echo one two', 'one two\n(0)'],
  ['echo *.txt', 'a.txt b.txt\n(0)'],
  ['echo "*.txt" ~/*.txt', '*.txt /home/sam/a.txt /home/sam/b.txt\n(0)'],
  ['echo .h*', '.hidden\n(0)'],
  ['echo *.pdf # nothing matches', '*.pdf\n(0)'],
  ['cat a.txt b.txt', 'one\ntwo\n(0)'],
  ['echo more >> a.txt && cat a.txt', 'one\nmore\n(0)'],
  ['echo x > /usr/x', 'bash: /usr/x: Read-only file system\n(1)'],
  ['echo x > /boot/x', 'bash: /boot/x: Permission denied\n(1)'],
  ['false || echo "it failed"; true && pwd', 'it failed\n/home/sam\n(0)'],
  ["echo 'a  b' c\\ d '\"' \"'\"", `a  b c d " '\n(0)`],
  ["echo a'*'.txt ?.txt \\*", 'a*.txt a.txt b.txt *\n(0)'],
  ['echo "~" a~ ~', '~ a~ /home/sam\n(0)'],
  ['echo "open', 'bash: unexpected EOF while looking for matching `"\'\n(2)'],
  ['echo x >', "bash: syntax error near unexpected token `newline'\n(2)"],
  ['&& pwd', "bash: syntax error near unexpected token `&&'\n(2)"],
  ['echo new > a.txt; cat a.txt', 'new\n(0)'],
  ['> new; ls', 'a.txt\nb.txt\nnew\n(0)'],
  ['echo x > nowhere/x', 'bash: nowhere/x: No such file or directory\n(1)'],
  ['echo x > /data', 'bash: /data: Is a directory\n(1)'],
  ['frobnicate', 'bash: frobnicate: command not found\n(127)'],
  ['mkdir new && mv a.txt new && ls new', 'a.txt\n(0)'],
  [
    'mv a.txt /data/ && cat /data/a.txt && cat a.txt',
    'one\ncat: a.txt: No such file or directory\n(1)',
  ],
  ['cp -r /home/sam /data/copy && ls -a /data/copy', '.hidden\na.txt\nb.txt\n(0)'],
  ['rm a.txt && ls', 'b.txt\n(0)'],
  ['rm nothing', "rm: cannot remove 'nothing': No such file or directory\n(1)"],
  ['rm -f nothing', '(0)'],
  ['mkdir d && rm d', "rm: cannot remove 'd': Is a directory\n(1)"],
  ['rm -r .', "rm: refusing to remove '.' or '..' directory: skipping '.'\n(1)"],
  ['rm /usr/bin', "rm: cannot remove '/usr/bin': Read-only file system\n(1)"],
  [
    'sudo rm -r /usr',
    "rm: cannot remove '/usr/bin': Read-only file system\nrm: cannot remove '/usr/lib': Read-only file system\n(1)",
  ],
  ['sudo rm -rf /data', "rm: cannot remove '/data': Device or resource busy\n(1)"],
  ['rm -rf ~', "rm: cannot remove '/home/sam': Permission denied\n(1)"],
  [
    'rm -rf /',
    "rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe\n(1)",
  ],
  [
    'sudo rm -rf /',
    "rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe\n(1)",
  ],
  ['touch /usr/new', "touch: cannot touch '/usr/new': Read-only file system\n(1)"],
  ['sudo mkdir /usr/new', "mkdir: cannot create directory '/usr/new': Read-only file system\n(1)"],
  [
    'sudo rm -rf /*',
    [
      "rm: cannot remove '/data': Device or resource busy",
      `rm: cannot remove '/proc/fb': ${denied}`,
      ...Array<string>(3).fill('(5,000 more lines like this for /proc)'),
      '(4,070 more lines like this for /proc)',
      "rm: cannot remove '/proc/sys/abi/vsyscall32': Permission denied",
      '(888 more lines like this for /proc)',
      `rm: cannot remove '/sys/kernel/warn_count': ${denied}`,
      ...Array<string>(7).fill('(5,000 more lines like this for /sys)'),
      '(3,126 more lines like this for /sys)',
      "rm: cannot remove '/sys/fs/pstore': Device or resource busy",
      '(2 more lines like this for /sys)',
      "rm: cannot remove '/usr/bin': Read-only file system",
      "rm: cannot remove '/usr/lib': Read-only file system",
      '(1)',
    ].join('\n'),
  ],
];

describe('the shell', () => {
  test.each(table)('%s', (line, printed) => {
    expect(new Machine().type(line)).toBe(printed);
  });

  test('rm -rf /* leaves what is read-only, and nothing of a home', () => {
    const machine = new Machine();
    machine.type('sudo rm -rf /*');
    expect(machine.type('ls /')).toBe('data\nproc\nsys\nusr\n(0)');
  });

  test('a directory below itself is noticed, and the directory around it is not empty', () => {
    const machine = new Machine();
    const os = machine.kernel.process({ user: 0, group: 0 });
    function* bind(): Procedure {
      yield* os.mkdir('/locked/again');
      yield* os.mount({
        mountPoint: '/locked/again',
        source: { kind: 'bind', path: '/locked' },
        readOnly: false,
      });
    }
    machine.kernel.start(os, bind());
    machine.kernel.run();
    const printed = machine.type('sudo rm -r /locked');
    expect(printed).toContain('rm: WARNING: Circular directory structure.');
    expect(printed).toContain("rm: cannot remove '/locked'");
  });

  test('the name after such a directory is passed over, as recorded', () => {
    const machine = new Machine();
    const os = machine.kernel.process({ user: 0, group: 0 });
    function* bind(): Procedure {
      yield* os.mkdir('/locked/again');
      yield* os.writeFile('/locked/beside', 'text');
      yield* os.writeFile('/locked/further', 'text');
      const source = { kind: 'bind', path: '/locked' } as const;
      yield* os.mount({ mountPoint: '/locked/again', source, readOnly: false });
    }
    machine.kernel.start(os, bind());
    machine.kernel.run();
    machine.type('sudo rm -r /locked');
    expect(machine.type('ls /locked')).toBe('again\nbeside\n(0)');
  });

  test('rm --one-file-system enters nothing that is mounted', () => {
    const machine = new Machine();
    const printed = machine.type('sudo rm -rf --one-file-system --no-preserve-root /');
    expect(printed).toContain("rm: skipping '/data', since it's on a different device");
    expect(machine.type('ls /')).toContain('data');
  });
});
