const require = process.getBuiltinModule("module").createRequire(import.meta.url);

// src/cli/define-command.ts
function defineCommand(command) {
  return command;
}

export {
  defineCommand
};
