import * as module from "node:module";

const packageName = "steward-nats";

/**
 * Lets modules import `steward-nats` from any folder. The name always means the program's own library, even if a
 * `node_modules` has another copy, so that the daemon recognises a `TerminalError` that is thrown there.
 */
export function offerOwnLibrary(library: URL): void {
  const { registerHooks } = module as unknown as { registerHooks?: (hooks: { resolve: Resolve }) => void };
  // The function of newer releases of Node costs 1 ms; the older way starts a thread, which costs 20 ms.
  if (registerHooks === undefined) return module.register(olderHook, { data: library.href });
  registerHooks({
    resolve: (name, context, next) =>
      name === packageName ? { url: library.href, shortCircuit: true } : next(name, context),
  });
}

type Resolve = (name: string, context: unknown, next: (name: string, context: unknown) => unknown) => unknown;

/** This is the whole program of its thread. */
const olderHook = `data:text/javascript,${encodeURIComponent(`
  let url;
  export const initialize = (library) => { url = library; };
  export const resolve = (name, context, next) =>
    name === "${packageName}" ? { url, shortCircuit: true } : next(name, context);
`)}`;
