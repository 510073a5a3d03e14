import type { CommandData } from "./command.ts";
import { commands } from "./commands/index.ts";

/**
 * The data of all commands, without their code: for the parser, the help, the completion and the man page. The build
 * replaces this file by its value, so that its users need not load the commands.
 */
export const reference: readonly CommandData[] = await Promise.all(
  Object.values(commands).map(async (load) => {
    const { run: _run, ...data } = await load();
    return data;
  }),
);
