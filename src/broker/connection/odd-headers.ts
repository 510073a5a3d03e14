import { headers, type MsgHdrs } from "nats";

interface HeadersClass {
  decode(bytes: Uint8Array): MsgHdrs;
}

let isDone = false;

/**
 * Lets the client library skip a header line that it cannot parse. By default it throws when the headers of the message
 * are read. Then a single message with such a line in the queue would keep its node from reading on, and the queue from
 * being shown. Any publisher can write such a line, since the server checks only the headers that it knows.
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
