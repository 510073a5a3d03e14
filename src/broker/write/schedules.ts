import { StewardError } from "../../protocol/errors.ts";
import type { Message } from "../../protocol/message.ts";
import { scheduleHeaders, type Rule } from "../../protocol/schedule.ts";
import { firingSubject, scheduleSubject, type Address } from "../../protocol/subjects.ts";
import { toJson } from "../../util/json.ts";
import type { Broker } from "../connection/broker.ts";
import { serverCodes, streamsMissing } from "../connection/server-codes.ts";
import { publishUntilKnown } from "./publish.ts";
import { purgeSubject } from "./purge.ts";

/**
 * Stores a message as a schedule, and replaces a schedule with the same address. All tries to store one schedule use
 * the same id `attempt`. Without `attempt`, a repeat after a lost answer could count as another schedule; a schedule
 * for a past time would then fire twice.
 * @throws StewardError usage if the broker does not accept the rule; streamsMissing, notStored
 */
export async function putSchedule(
  broker: Broker,
  message: Message,
  { rule, expiresMs, attempt }: { readonly rule: Rule; readonly expiresMs: number; readonly attempt: string },
  signal: AbortSignal,
): Promise<void> {
  const { namespace, names, maxPayload } = broker;
  const payload = Buffer.from(toJson(message));
  if (payload.length > maxPayload - 1024) {
    throw new StewardError(
      "tooLarge",
      `too large: the message has ${payload.length} bytes, more than the broker accepts`,
    );
  }
  const subject = scheduleSubject(namespace, message);
  const headers = scheduleHeaders(rule, firingSubject(namespace, message), expiresMs);
  const header = { ...headers, "Nats-Msg-Id": `${subject}.${attempt}` };
  const result = await publishUntilKnown(broker, subject, payload, header, signal);
  if (result.kind === "stored") return;
  if (result.code === serverCodes.streamNotFound) throw streamsMissing(names.schedules);
  if (result.code === serverCodes.badTimeZone) {
    const zone = headers["Nats-Schedule-Time-Zone"];
    throw new StewardError("usage", `the broker does not know the time zone ${zone}; write one such as Europe/Oslo`, {
      about: "timeZone",
    });
  }
  if (result.code === serverCodes.badSchedule) {
    throw new StewardError(
      "usage",
      `the broker does not accept the schedule "${headers["Nats-Schedule"]}": ${result.reason}`,
    );
  }
  throw new StewardError("notStored", `the broker refused to store the schedule for ${message.node}: ${result.reason}`);
}

/**
 * Removes a schedule, and its last firing if the queue has not taken it over yet.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function removeSchedule(broker: Broker, address: Address): Promise<void> {
  const { namespace, names } = broker;
  await purgeSubject(broker, names.schedules, scheduleSubject(namespace, address));
  await purgeSubject(broker, names.schedules, firingSubject(namespace, address));
}
