import { askApi, refusedBy, type ApiError } from "./api.ts";
import type { Broker } from "./broker.ts";
import { serverCodes } from "./server-codes.ts";

interface Answer {
  readonly message?: { readonly data?: string };
  readonly error?: ApiError;
}

/**
 * The last message on a subject, asked of the stream's leader: slower than `lastOnSubject`, and never behind the time.
 * Undefined when there is none. Rejects with silence when nobody answers.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function lastOnLeader(broker: Broker, stream: string, subject: string): Promise<Uint8Array | undefined> {
  const body = JSON.stringify({ last_by_subj: subject });
  const { message, error } = await askApi<Answer>(broker, `$JS.API.STREAM.MSG.GET.${stream}`, body);
  if (error === undefined) return Buffer.from(message?.data ?? "", "base64");
  if (error.err_code === serverCodes.noMessageFound) return undefined;
  throw refusedBy(stream, error, `the broker does not show what is in ${stream}`);
}
