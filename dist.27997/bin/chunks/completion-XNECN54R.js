const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  defineCommand
} from "./chunk-7C3OR7HS.js";
import {
  exitCodes
} from "./chunk-P6SB6KP3.js";
import {
  writeOutput
} from "./chunk-VLDOLLNL.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";

// src/cli/commands/completion.ts
import { readFile } from "node:fs/promises";
var completionCommand = defineCommand({
  name: "completion",
  group: "set up",
  impact: "reads",
  describe: "print the completion script of a shell: commands, options, names and ids of the live fleet",
  positionals: [
    { name: "shell", describe: "the shell: bash, zsh or fish", required: true, choices: ["bash", "zsh", "fish"] }
  ],
  examples: [
    ["source <(steward completion bash)", "for this shell; add the line to ~/.bashrc for all shells"],
    ["source <(steward completion zsh)", "for this shell; add the line to ~/.zshrc after compinit for all shells"],
    ["steward completion fish | source", "for this shell; add the line to ~/.config/fish/config.fish for all shells"]
  ],
  run: async (args) => {
    const script = new URL(`../../completion/steward.${args.shell}`, import.meta.url);
    await writeOutput("stdout", await readFile(script));
    return exitCodes.succeeded;
  }
});
export {
  completionCommand
};
