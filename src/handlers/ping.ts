import * as v from "valibot";
import { defineHandler, type Handler } from "./define.ts";

/** `ping`: answers with what it was given, or `pong`; shows that the whole way works, and runs nothing. */
export const pingHandler: Handler = defineHandler({
  messageType: "command",
  subject: "ping",
  describe: "answers pong, or the data it was given",
  data: v.array(v.string()),
  run: async ({ data }) => ({ output: { stdout: `${data.join(" ") || "pong"}\n`, stderr: "" } }),
});
