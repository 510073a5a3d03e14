import * as module from "node:module";

const packageName = "steward-nats";

/**
 * Lets modules import `steward-nats` wherever they lie: the name stands for the program's own library, also beside
 * another copy in a `node_modules`, so that a `TerminalError` thrown there is the one that is known here.
 */
export function offerOwnLibrary(library: URL): void {
  const { registerHooks } = module as unknown as { registerHooks?: (hooks: { resolve: Resolve }) => void };
  // What newer releases of Node have costs 1 ms; the older way starts a thread, which costs 20 ms.
  if (registerHooks === undefined) return module.register(olderHook, { data: library.href });
  registerHooks({
    resolve: (name, context, next) =>
      name === packageName ? { url: library.href, shortCircuit: true } : next(name, context),
  });
}

type Resolve = (name: string, context: unknown, next: (name: string, context: unknown) => unknown) => unknown;

/** Runs in a thread of its own, of which it is the whole program. */
const olderHook = `data:text/javascript,${encodeURIComponent(`
  let url;
  export const initialize = (library) => { url = library; };
  export const resolve = (name, context, next) =>
    name === "${packageName}" ? { url, shortCircuit: true } : next(name, context);
`)}`;
