import type { Command } from "../command.ts";

/** The commands. Each command is loaded only when it is called, so that every command starts fast. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  send: async () => (await import("./send.ts")).sendCommand,
  wait: async () => (await import("./wait.ts")).waitCommand,
  node: async () => (await import("./node.ts")).nodeCommand,
  nodes: async () => (await import("./nodes.ts")).nodesCommand,
  lanes: async () => (await import("./lanes.ts")).lanesCommand,
  status: async () => (await import("./status.ts")).statusCommand,
  queue: async () => (await import("./queue.ts")).queueCommand,
  cancel: async () => (await import("./cancel.ts")).cancelCommand,
  schedule: async () => (await import("./schedule.ts")).scheduleCommand,
  replay: async () => (await import("./replay.ts")).replayCommand,
  log: async () => (await import("./log.ts")).logCommand,
  errors: async () => (await import("./errors.ts")).errorsCommand,
  watch: async () => (await import("./watch.ts")).watchCommand,
  group: async () => (await import("./group.ts")).groupCommand,
  init: async () => (await import("./init.ts")).initCommand,
  config: async () => (await import("./config.ts")).configCommand,
  doctor: async () => (await import("./doctor.ts")).doctorCommand,
  completion: async () => (await import("./completion.ts")).completionCommand,
  broker: async () => (await import("./broker.ts")).brokerCommand,
};
