import * as v from "valibot";
import { defineHandler, type Handler } from "./define.ts";
import type { LogFiles } from "./log-files.ts";

const lineEnd = Buffer.from("\n");

/**
 * The handlers of the events `log` and `error`. They append the data to the file `log/<from>.log` in the node's data
 * folder. The original program called `log` `textLogging`. With `error`, nodes report failures to the central node.
 * Each string of `data` is one text. If a text does not end with a line feed, a line feed is added.
 */
export function logHandlers(files: LogFiles): Handler[] {
  const append = (subject: string, describe: string): Handler =>
    defineHandler({
      messageType: "event",
      subject,
      describe,
      takesBytes: true,
      data: v.pipe(v.array(v.string()), v.minLength(1, "data must hold a text")),
      run: async ({ data, message }) => {
        const texts = data.map((text) => Buffer.from(text, message.encoding ?? "utf8"));
        await files.append(
          message.from,
          Buffer.concat(texts.flatMap((text) => (text.at(-1) === 0x0a ? text : [text, lineEnd]))),
        );
        return {};
      },
    });
  return [
    append("log", "appends its texts to the sender's file under log/"),
    append("error", "appends a node's failure to that node's file under log/"),
  ];
}
