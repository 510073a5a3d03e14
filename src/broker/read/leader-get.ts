import { askApi, refusedBy, type ApiError } from "../connection/api.ts";
import type { Broker } from "../connection/broker.ts";
import { serverCodes } from "../connection/server-codes.ts";
import type { Stored } from "./direct-get.ts";

interface Answer {
  readonly message?: { readonly seq?: number; readonly time?: string; readonly data?: string };
  readonly error?: ApiError;
}

/**
 * The last message on a subject, from the stream's leader: slower than `lastOnSubject`, but never outdated. Undefined
 * when there is none. Rejects with silence without an answer.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function lastOnLeader(
  broker: Broker,
  stream: string,
  subject: string,
): Promise<Pick<Stored, "sequence" | "storedAt" | "data"> | undefined> {
  const body = JSON.stringify({ last_by_subj: subject });
  const { message, error } = await askApi<Answer>(broker, `$JS.API.STREAM.MSG.GET.${stream}`, body);
  if (error === undefined) {
    const { seq: sequence = 0, time = "", data = "" } = message ?? {};
    return { sequence, storedAt: Date.parse(time), data: Buffer.from(data, "base64") };
  }
  if (error.err_code === serverCodes.noMessageFound) return undefined;
  throw refusedBy(stream, error, `the broker does not show the messages of ${stream}`);
}
