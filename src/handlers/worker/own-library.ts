import * as module from "node:module";

const packageName = "steward-nats";

/**
 * Lets modules import `steward-nats` from any folder. The name always means the program's own library, even if a
 * `node_modules` folder has another copy. So the daemon recognises a `TerminalError` from a user's module.
 */
export function offerOwnLibrary(library: URL): void {
  const { registerHooks } = module as unknown as { registerHooks?: (hooks: { resolve: Resolve }) => void };
  // Newer releases of Node have `registerHooks`, which takes 1 ms. `module.register` starts a thread, which takes 20
  // ms.
  if (registerHooks === undefined) return module.register(olderHook, { data: library.href });
  registerHooks({
    resolve: (name, context, next) =>
      name === packageName ? { url: library.href, shortCircuit: true } : next(name, context),
  });
}

type Resolve = (name: string, context: unknown, next: (name: string, context: unknown) => unknown) => unknown;

/** The whole program of the thread that `module.register` starts. */
const olderHook = `data:text/javascript,${encodeURIComponent(`
  let url;
  export const initialize = (library) => { url = library; };
  export const resolve = (name, context, next) =>
    name === "${packageName}" ? { url, shortCircuit: true } : next(name, context);
`)}`;
