import { StewardError } from "../protocol/errors.ts";
import type { Address } from "../protocol/subjects.ts";
import { assertNoSchedule, placesOf, unknownId, type Place } from "../state/places.ts";
import { readStatuses, type MessageStatus } from "../state/status.ts";
import { whereaboutsOf, type Whereabouts } from "../state/whereabouts.ts";
import type { Signal } from "./options.ts";
import type { Session } from "./session.ts";

/**
 * The nodes and lanes of a message.
 * @throws StewardError notFound. If the id belongs to a schedule, or to a text that was sent in blocks, the text of the
 * error says so
 */
export function places(session: Session, id: string, options: Signal = {}): Promise<readonly Place[]> {
  return session.run(options, async () => {
    await assertNoSchedule(session.broker, id);
    const found = await placesOf(session.broker, id);
    if (found.length > 0) return found;
    if ((await placesOf(session.broker, `${id}-0`)).length === 0) throw unknownId(id);
    const way = `its blocks have ids of their own: ${id}-0, ${id}-1 and so on`;
    throw new StewardError("notFound", `${id} is a text that was sent in blocks, not a single message; ${way}`, { id });
  });
}

/**
 * Every step of a message on each node. The result contains the message and all its ACKs.
 * @throws StewardError notFound
 */
export function trace(
  session: Session,
  message: string | readonly Place[],
  options: Signal = {},
): AsyncIterable<MessageStatus> {
  return session.read(options, async function* () {
    yield* readStatuses(session.broker, typeof message === "string" ? await places(session, message) : message);
  });
}

/** The data of the broker about the node of a message. */
export function whereabouts(session: Session, address: Address, options: Signal = {}): Promise<Whereabouts> {
  return session.run(options, () => whereaboutsOf(session.broker, address));
}
