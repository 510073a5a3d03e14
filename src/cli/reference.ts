import type { CommandData } from "./command.ts";
import { commands } from "./commands/index.ts";

/**
 * What all commands are, without what they do: for the parser, the help, the completion and the man page. The build puts
 * its value in this file's place, so that whoever asks for it loads no command.
 */
export const reference: readonly CommandData[] = await Promise.all(
  Object.values(commands).map(async (load) => {
    const { run: _run, ...data } = await load();
    return data;
  }),
);
