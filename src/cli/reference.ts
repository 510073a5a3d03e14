import type { CommandData } from "./command.ts";
import { commands } from "./commands/index.ts";

/**
 * The data of all commands, without their code. The parser, the help, the completion and the man page use the data. The
 * build replaces this file with the data, so that the users of the data need not load the commands.
 */
export const reference: readonly CommandData[] = await Promise.all(
  Object.values(commands).map(async (load) => {
    const { run: _run, ...data } = await load();
    return data;
  }),
);
