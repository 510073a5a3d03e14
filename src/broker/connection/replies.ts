import { createInbox, errors, type Msg, type MsgHdrs, type NatsConnection } from "nats";
import { statusCodes } from "./server-codes.ts";

interface Question {
  readonly subject: string;
  readonly resolve: (answer: Msg) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * The requests on a connection, and the single subscription that receives all their answers. The client library's own
 * requests are not used: the library creates an error with a stack for each request, even if the request succeeds. This
 * error would be a sixth of the cost of a request.
 */
export class Replies {
  readonly #nc: NatsConnection;
  readonly #write: (act: () => void) => void;
  readonly #inbox = createInbox();
  readonly #open = new Map<string, Question>();
  #listens = false;
  #asked = 0;

  /** `write` is called with a function that writes to the connection, and decides when this function runs. */
  constructor(nc: NatsConnection, write: (act: () => void) => void) {
    this.#nc = nc;
    this.#write = write;
    void nc.closed().then(() => this.rejectAll(new errors.RequestError("the connection is closed")));
  }

  /**
   * Sends a request on a subject. `timeoutMs` is the time to wait for the answer. Rejects with `TimeoutError` if no
   * answer comes in time. Rejects with `RequestError` if there is no subscriber, if the connection is closed, or if the
   * credentials do not permit the request; in this last case, the cause is the violation. Rejects with the error given
   * to `rejectAll`. Rejects with the client library's error if the library refuses to publish.
   */
  ask(
    subject: string,
    payload: Uint8Array | string,
    { headers, timeoutMs }: { readonly headers?: MsgHdrs | undefined; readonly timeoutMs: number },
  ): Promise<Msg> {
    return new Promise((resolve, reject) => {
      const token = (++this.#asked).toString(36);
      const timer = setTimeout(() => this.#take(token)?.reject(new errors.TimeoutError()), timeoutMs);
      this.#open.set(token, { subject, resolve, reject, timer });
      const reply = `${this.#inbox}.${token}`;
      this.#write(() => {
        if (!this.#open.has(token)) return;
        try {
          this.#listen();
          this.#nc.publish(subject, payload, headers === undefined ? { reply } : { reply, headers });
        } catch (error) {
          this.#take(token)?.reject(error as Error);
        }
      });
    });
  }

  /** Rejects all open requests. */
  rejectAll(error: Error): void {
    for (const token of this.#open.keys()) this.#take(token)?.reject(error);
  }

  /**
   * Handles the server's message that a publish is not permitted. Rejects the requests on the subject of that publish.
   */
  denied(violation: InstanceType<typeof errors.PermissionViolationError>): void {
    if (violation.operation !== "publish") return;
    for (const [token, { subject }] of this.#open) {
      if (subject === violation.subject) this.#take(token)?.reject(refusal(violation));
    }
  }

  #listen(): void {
    if (this.#listens) return;
    this.#nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, msg) => (error === null ? this.#receive(msg) : this.#deaf(error)),
    });
    this.#listens = true;
  }

  #receive(msg: Msg): void {
    const question = this.#take(msg.subject.slice(this.#inbox.length + 1));
    if (question === undefined) return;
    if (msg.data.length === 0 && msg.headers?.code === statusCodes.nobodyListens) {
      question.reject(refusal(new errors.NoRespondersError(question.subject)));
    } else question.resolve(msg);
  }

  /**
   * Rejects all requests, because the credentials do not permit the client to receive answers. The next request
   * subscribes again.
   */
  #deaf(error: Error): void {
    this.#listens = false;
    this.rejectAll(refusal(error));
  }

  #take(token: string): Question | undefined {
    const question = this.#open.get(token);
    this.#open.delete(token);
    clearTimeout(question?.timer);
    return question;
  }
}

function refusal(cause: Error): Error {
  return new errors.RequestError(cause.message, { cause });
}
