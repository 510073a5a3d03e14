import * as v from "valibot";
import { defineHandler, type Handler } from "./define.ts";

/**
 * `ping` answers with its data, or with `pong`. `ping` shows that messages reach the node and that ACKs return. It runs
 * no program.
 */
export const pingHandler: Handler = defineHandler({
  messageType: "command",
  subject: "ping",
  describe: "answers pong, or its data",
  data: v.array(v.string()),
  run: async ({ data }) => ({ output: { stdout: `${data.join(" ") || "pong"}\n`, stderr: "" } }),
});
