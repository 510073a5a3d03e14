import { readFile } from "node:fs/promises";
import type { Command } from "../command.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { writeOutput } from "../print.ts";

export const completionCommand: Command = defineCommand({
  name: "completion",
  group: "set up",
  impact: "reads",
  describe: "print what makes a shell complete commands, options, and the names and ids of the living fleet",
  positionals: [
    { name: "shell", describe: "the shell: bash, zsh or fish", required: true, choices: ["bash", "zsh", "fish"] },
  ],
  examples: [
    ["source <(steward completion bash)", "for this bash; as a line of ~/.bashrc, for all"],
    ["source <(steward completion zsh)", "for this zsh; as a line of ~/.zshrc behind compinit, for all"],
    ["steward completion fish | source", "for this fish; as a line of ~/.config/fish/config.fish, for all"],
  ],
  run: async (args) => {
    // The build puts the scripts there, seen from the chunk that this file becomes.
    const script = new URL(`../../completion/steward.${args.shell}`, import.meta.url);
    await writeOutput("stdout", await readFile(script));
    return exitCodes.succeeded;
  },
});
