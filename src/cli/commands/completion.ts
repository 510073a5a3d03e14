import { readFile } from "node:fs/promises";
import type { Command } from "../command.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { writeOutput } from "../print.ts";

export const completionCommand: Command = defineCommand({
  name: "completion",
  group: "set up",
  impact: "reads",
  describe: "print the completion script of a shell: commands, options, names and ids of the live fleet",
  positionals: [
    { name: "shell", describe: "the shell: bash, zsh or fish", required: true, choices: ["bash", "zsh", "fish"] },
  ],
  examples: [
    ["source <(steward completion bash)", "for this shell; add the line to ~/.bashrc for all shells"],
    ["source <(steward completion zsh)", "for this shell; add the line to ~/.zshrc after compinit for all shells"],
    ["steward completion fish | source", "for this shell; add the line to ~/.config/fish/config.fish for all shells"],
  ],
  run: async (args) => {
    // The build puts the scripts into this folder. The path is relative to the built file that contains this code.
    const script = new URL(`../../completion/steward.${args.shell}`, import.meta.url);
    await writeOutput("stdout", await readFile(script));
    return exitCodes.succeeded;
  },
});
