import type { Logger } from "pino";
import * as v from "valibot";
import { messageTypeSchema, tokenSchema } from "../../protocol/message.ts";
import { typeAndSubject } from "../../protocol/subjects.ts";
import { longestTimer } from "../../util/duration.ts";
import type { Handler } from "../define.ts";
import type { Registry } from "../registry.ts";
import { LaneWorker } from "./lane-worker.ts";
import { fault, readFolder } from "./read-folder.ts";
import type { WorkerSettings } from "./worker-process.ts";

/** The memory limit of a handler that sets no limit, in megabytes. */
const defaultMemoryMb = 256;

interface UserHandlerSettings {
  readonly handlersFolder?: string;
  /** The time between the abort of a run and the end of its process, in milliseconds. */
  readonly killGrace: number;
  /** The largest number of bytes of each output stream in an ACK. */
  readonly outputLimit: number;
}

type Definition = Omit<Handler, "data" | "run" | "reset">;

const wholeNumber = (min: number, max: number): v.GenericSchema<unknown, number> => {
  const rule = `must be a whole number from ${min} to ${max}`;
  return v.pipe(v.number(rule), v.integer(rule), v.minValue(min, rule), v.maxValue(max, rule));
};

const definitionSchema = v.object({
  messageType: messageTypeSchema,
  subject: tokenSchema,
  describe: v.string("must say in a few words what the handler does"),
  timeout: v.exactOptional(wholeNumber(1, longestTimer)),
  concurrency: v.exactOptional(wholeNumber(1, 1000)),
  repeatable: v.exactOptional(v.boolean("must be true or false")),
  memoryMb: v.exactOptional(wholeNumber(16, 65_536)),
});

/**
 * Adds the handlers that the `.js` and `.mjs` files of a folder export. Each lane runs in its own process, with the
 * environment `env`. These processes end when the daemon ends.
 * @throws StewardError badSettings if a file cannot be loaded, if a file exports no handler, or if a subject already
 * has a handler
 */
export async function addUserHandlers(
  { handlersFolder, killGrace, outputLimit }: UserHandlerSettings,
  registry: Registry,
  env: NodeJS.ProcessEnv,
  log: Logger,
): Promise<void> {
  if (handlersFolder === undefined) return;
  const settings: WorkerSettings = { killGraceMs: killGrace, env };
  for (const { file, definitions } of await readFolder(handlersFolder, settings, log)) {
    for (const definition of definitions.map((one) => check(one, file))) {
      const lane = typeAndSubject(definition);
      if (registry.find(definition) !== undefined) throw fault(file, `${lane} has a handler already`);
      const { memoryMb = defaultMemoryMb } = definition;
      const worker = new LaneWorker({ lane, files: [file], memoryMb, outputLimit }, settings, log.child({ lane }));
      registry.add({
        ...definition,
        data: { "~standard": { validate: async (value) => worker.check(value) } },
        run: async (context) => worker.run(context),
        reset: () => worker.end(),
      });
    }
  }
}

function check(definition: unknown, file: string): Definition {
  const result = v.safeParse(definitionSchema, definition, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw fault(file, `${v.getDotPath(issue)} ${issue.message}`);
}
