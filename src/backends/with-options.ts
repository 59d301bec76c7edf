/** A mechanism as it is with certain options: what it can do may depend on them. */
import type { BackendOptions } from '../model/system.ts';
import type { Backend } from './backend.ts';

/** The mechanism in this temper. */
export function withOptions(backend: Backend, options: BackendOptions): Backend {
  return backend.withOptions?.(options) ?? backend;
}
