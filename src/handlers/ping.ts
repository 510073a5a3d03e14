import * as v from "valibot";
import { defineHandler, type Handler } from "./define.ts";

/** `ping`: answers with its data, or `pong`. Shows that the whole way works, and runs no program. */
export const pingHandler: Handler = defineHandler({
  messageType: "command",
  subject: "ping",
  describe: "answers pong, or its data",
  data: v.array(v.string()),
  run: async ({ data }) => ({ output: { stdout: `${data.join(" ") || "pong"}\n`, stderr: "" } }),
});
