import type { Broker } from "../broker/connection/broker.ts";
import type { Taken } from "./taken.ts";

/**
 * Acknowledges messages. An acknowledgement removes the message from the queue. An acknowledgement is sent only in the
 * epoch of deliveries in which it was requested. In the next epoch the message is delivered again, with another subject
 * for the acknowledgement.
 */
export class Acknowledger {
  readonly #broker: Broker;
  #epoch = 0;
  #isOpen = false;

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /** True during an epoch of deliveries. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Begins an epoch. */
  open(): void {
    this.#epoch += 1;
    this.#isOpen = true;
  }

  /** Ends the epoch. */
  close(): void {
    this.#isOpen = false;
  }

  acknowledge({ ackSubject }: Pick<Taken, "ackSubject">): void {
    const epoch = this.#epoch;
    if (!this.#isOpen) return;
    this.#broker.soon(() => {
      if (this.#isOpen && epoch === this.#epoch) this.#broker.nc.publish(ackSubject);
    });
  }
}
