import { createInbox, type Msg } from "nats";
import { SilenceError, type Broker } from "../connection/broker.ts";
import { statusCodes } from "../connection/server-codes.ts";
import { storedFrom, type Stored } from "./direct-get.ts";

/** Some messages of a stream in their order, and the number of messages that follow. */
export interface Page {
  readonly messages: readonly Stored[];
  readonly more: number;
}

export interface PageRequest {
  readonly filter: string;
  /** The sequence at which the page begins. */
  readonly from: number;
  /** The maximum number of messages. A page of large messages has fewer messages. */
  readonly most: number;
}

/** The maximum size of a page. A page of large messages must not delay other answers for long. */
const maxBytes = 2 * 1024 * 1024;

/** The time to wait for the next part of a page, in milliseconds. */
const patience = 5000;

/**
 * Reads a page of a stream in one request. The request needs no consumer. A replica that lags may leave out the latest
 * messages. Rejects with silence (see `isSilence`) if the page is not completed.
 */
export async function getPage(broker: Broker, stream: string, { filter, from, most }: PageRequest): Promise<Page> {
  const request = { seq: from, batch: most, max_bytes: maxBytes, next_by_subj: filter };
  const inbox = createInbox();
  const messages: Stored[] = [];
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => end(() => reject(new SilenceError(reason)));
    const alarm = setTimeout(() => fail(`no answer from ${stream} within ${patience} ms`), patience);
    const forget = broker.onConnection({ lost: () => fail("the connection to the broker was lost") });
    const end = (settle: () => void): void => {
      clearTimeout(alarm);
      forget();
      subscription.unsubscribe();
      settle();
    };
    const take = (msg: Msg): void => {
      alarm.refresh();
      const stored = storedFrom(msg);
      if (stored !== undefined) return void messages.push(stored);
      const { code = 0, description = "" } = msg.headers ?? {};
      if (code === statusCodes.endOfBatch)
        end(() => resolve({ messages, more: Number(msg.headers?.get("Nats-Num-Pending")) }));
      else if (code === statusCodes.nothingThere) end(() => resolve({ messages, more: 0 }));
      else fail(`${stream} does not answer: ${code} ${description}`);
    };
    const subscription = broker.nc.subscribe(inbox, {
      callback: (error, msg) => (error === null ? take(msg) : fail(error.message)),
    });
    broker.nc.publish(`$JS.API.DIRECT.GET.${stream}`, JSON.stringify(request), { reply: inbox });
  });
}
