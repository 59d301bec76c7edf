/** A value that a sector had in memory, and from when to when. */
export type Version<Value> = {
  readonly value: Value;
  readonly from: number;
  readonly until: number;
};

/**
 * One unit that a drive writes as a whole. Memory holds its newest version; the disk holds the one
 * that was flushed last or any later one, and nothing ties it to the versions of other registers.
 */
export class Register<Value> {
  readonly #versions: Version<Value>[];
  /** What a reader finds when the write was torn; absent if the unit can't be torn. */
  readonly #torn: Value | undefined;
  #flushed = 0;

  constructor(value: Value, from: number, torn?: Value) {
    this.#versions = [{ value, from, until: Infinity }];
    this.#torn = torn;
  }

  get newest(): Value {
    const last = this.#versions.at(-1);
    if (last === undefined) throw new Error('a register always has a version');
    return last.value;
  }

  set(value: Value, from: number): void {
    const last = this.#versions.pop();
    if (last !== undefined) this.#versions.push({ ...last, until: from });
    this.#versions.push({ value, from, until: Infinity });
  }

  flush(): void {
    this.#flushed = this.#versions.length - 1;
  }

  /** What the disk may hold. */
  possible(): readonly Version<Value>[] {
    const written = this.#versions.slice(this.#flushed);
    if (this.#torn === undefined || written.length < 2) return written;
    return [...written, { value: this.#torn, from: 0, until: Infinity }];
  }
}

/** Says which version of a register the disk holds; the same one whenever it is asked again. */
export type Pick = <Value>(register: Register<Value>) => Version<Value>;

/**
 * Looks at a disk once for every combination of versions. Only registers that a look asks for are
 * varied: one that nobody reads makes no difference.
 */
export function* everyLook<Result>(look: (pick: Pick) => Result): Generator<Result> {
  const trail: { position: number; readonly count: number }[] = [];
  do {
    let depth = 0;
    const positions = new Map<unknown, number>();
    const pick: Pick = (register) => {
      const versions = register.possible();
      let position = positions.get(register);
      if (position === undefined) {
        const step = trail[depth] ?? { position: 0, count: versions.length };
        trail[depth] = step;
        depth += 1;
        position = step.position;
        positions.set(register, position);
      }
      const version = versions[position];
      if (version === undefined) throw new Error('a register changed during a look');
      return version;
    };
    yield look(pick);
    while (trail.length > 0) {
      const last = trail[trail.length - 1];
      if (last === undefined) break;
      last.position += 1;
      if (last.position < last.count) break;
      trail.pop();
    }
  } while (trail.length > 0);
}
