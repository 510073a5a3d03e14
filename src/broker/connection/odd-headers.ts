import { headers, type MsgHdrs } from "nats";

interface HeadersClass {
  decode(bytes: Uint8Array): MsgHdrs;
}

let isDone = false;

/**
 * Makes the client library skip a header line that the library cannot parse. By default, the library throws when the
 * headers of such a message are read. One such message in the queue would stop its node from reading more messages, and
 * would prevent the display of the queue. Any publisher can write such a line, because the server checks only the
 * headers that the server knows.
 */
export function bearOddHeaders(): void {
  if (isDone) return;
  isDone = true;
  const library = headers().constructor as unknown as HeadersClass;
  const decode = library.decode.bind(library);
  library.decode = (bytes) => {
    try {
      return decode(bytes);
    } catch {
      const [status = "", ...lines] = Buffer.from(bytes).toString().split("\r\n");
      const text = (kept: readonly string[]): Buffer => Buffer.from([status, ...kept].join("\r\n"));
      const isReadable = (line: string): boolean => {
        try {
          return decode(text([line])) !== undefined;
        } catch {
          return false;
        }
      };
      return decode(text(lines.filter(isReadable)));
    }
  };
}
