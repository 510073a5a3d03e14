const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  require_internal_mod
} from "./chunk-REHHFAQD.js";
import {
  StewardError,
  messageOf
} from "./chunk-IH65MIS5.js";
import {
  __commonJS,
  __require,
  __toESM
} from "./chunk-LCNIN5BG.js";

// node_modules/nats/lib/nats-base-client.js
var require_nats_base_client = __commonJS({
  "node_modules/nats/lib/nats-base-client.js"(exports) {
    "use strict";
    var __createBinding = exports && exports.__createBinding || (Object.create ? (function(o, m, k, k2) {
      if (k2 === void 0) k2 = k;
      var desc = Object.getOwnPropertyDescriptor(m, k);
      if (!desc || ("get" in desc ? !m.__esModule : desc.writable || desc.configurable)) {
        desc = { enumerable: true, get: function() {
          return m[k];
        } };
      }
      Object.defineProperty(o, k2, desc);
    }) : (function(o, m, k, k2) {
      if (k2 === void 0) k2 = k;
      o[k2] = m[k];
    }));
    var __exportStar = exports && exports.__exportStar || function(m, exports2) {
      for (var p in m) if (p !== "default" && !Object.prototype.hasOwnProperty.call(exports2, p)) __createBinding(exports2, m, p);
    };
    Object.defineProperty(exports, "__esModule", { value: true });
    __exportStar(require_internal_mod(), exports);
  }
});

// node_modules/nats/lib/version.js
var require_version = __commonJS({
  "node_modules/nats/lib/version.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    exports.version = void 0;
    exports.version = "3.4.0";
  }
});

// node_modules/nats/lib/node_transport.js
var require_node_transport = __commonJS({
  "node_modules/nats/lib/node_transport.js"(exports) {
    "use strict";
    var __importDefault = exports && exports.__importDefault || function(mod) {
      return mod && mod.__esModule ? mod : { "default": mod };
    };
    Object.defineProperty(exports, "__esModule", { value: true });
    exports.NodeTransport = exports.VERSION = void 0;
    exports.nodeResolveHost = nodeResolveHost;
    var nats_base_client_1 = require_nats_base_client();
    var node_net_1 = __require("node:net");
    var node_tls_1 = __require("node:tls");
    var node_path_1 = __require("node:path");
    var node_fs_1 = __require("node:fs");
    var node_dns_1 = __importDefault(__require("node:dns"));
    var version_1 = require_version();
    exports.VERSION = version_1.version;
    var LANG = "nats.js";
    var NodeTransport = class {
      socket;
      version;
      lang;
      yields = [];
      signal = (0, nats_base_client_1.deferred)();
      closedNotification = (0, nats_base_client_1.deferred)();
      options;
      connected = false;
      tlsName = "";
      done = false;
      closeError;
      constructor() {
        this.lang = LANG;
        this.version = exports.VERSION;
      }
      async connect(hp, options) {
        this.tlsName = hp.tlsName;
        this.options = options;
        const { tls } = this.options;
        const { handshakeFirst } = tls || {};
        try {
          if (handshakeFirst === true) {
            this.socket = await this.tlsFirst(hp);
          } else {
            this.socket = await this.dial(hp);
          }
          if (this.done) {
            this.socket?.destroy();
          }
          const info = await this.peekInfo();
          (0, nats_base_client_1.checkOptions)(info, options);
          const { tls_required: tlsRequired, tls_available: tlsAvailable } = info;
          const desired = tlsAvailable === true && options.tls !== null;
          if (!handshakeFirst && (tlsRequired || desired)) {
            this.socket = await this.startTLS();
          }
          if (this.done) {
            this.socket?.destroy();
          }
          if (tlsRequired && this.socket.encrypted !== true) {
            throw nats_base_client_1.errors.InvalidArgumentError.format("tls", "is not available on this server");
          }
          this.connected = true;
          this.setupHandlers();
          this.signal.resolve();
          return Promise.resolve();
        } catch (ex) {
          let err = ex;
          if (!err) {
            err = new nats_base_client_1.errors.ConnectionError("error connecting - node provided an undefined error");
          }
          const { code } = err;
          const perr = code === "ECONNREFUSED" ? new nats_base_client_1.errors.ConnectionError("connection refused", { cause: err }) : err;
          this.socket?.destroy();
          throw perr;
        }
      }
      dial(hp) {
        const d = (0, nats_base_client_1.deferred)();
        let dialError;
        const socket = (0, node_net_1.createConnection)(hp.port, hp.hostname, () => {
          d.resolve(socket);
          socket.removeAllListeners();
        });
        socket.on("error", (err) => {
          dialError = err;
        });
        socket.on("close", () => {
          socket.removeAllListeners();
          d.reject(dialError);
        });
        socket.setNoDelay(true);
        return d;
      }
      get isClosed() {
        return this.done;
      }
      close(err) {
        return this._closed(err, false);
      }
      peekInfo() {
        const d = (0, nats_base_client_1.deferred)();
        let peekError;
        this.socket.on("data", (frame) => {
          this.yields.push(frame);
          const t = nats_base_client_1.DataBuffer.concat(...this.yields);
          const pm = (0, nats_base_client_1.extractProtocolMessage)(t);
          if (pm !== "") {
            try {
              const m = nats_base_client_1.INFO.exec(pm);
              if (!m) {
                throw new Error("unexpected response from server");
              }
              const info = JSON.parse(m[1]);
              d.resolve(info);
            } catch (err) {
              d.reject(err);
            } finally {
              this.socket.removeAllListeners();
            }
          }
        });
        this.socket.on("error", (err) => {
          peekError = err;
        });
        this.socket.on("close", () => {
          this.socket.removeAllListeners();
          d.reject(peekError);
        });
        return d;
      }
      loadFile(fn) {
        if (!fn) {
          return Promise.resolve();
        }
        const d = (0, nats_base_client_1.deferred)();
        try {
          fn = (0, node_path_1.resolve)(fn);
          if (!(0, node_fs_1.existsSync)(fn)) {
            d.reject(new Error(`${fn} doesn't exist`));
          }
          (0, node_fs_1.readFile)(fn, (err, data) => {
            if (err) {
              return d.reject(err);
            }
            d.resolve(data);
          });
        } catch (err) {
          d.reject(err);
        }
        return d;
      }
      async loadClientCerts() {
        const tlsOpts = {};
        const { certFile, cert, caFile, ca, keyFile, key } = this.options.tls;
        try {
          if (certFile) {
            const data = await this.loadFile(certFile);
            if (data) {
              tlsOpts.cert = data;
            }
          } else if (cert) {
            tlsOpts.cert = cert;
          }
          if (keyFile) {
            const data = await this.loadFile(keyFile);
            if (data) {
              tlsOpts.key = data;
            }
          } else if (key) {
            tlsOpts.key = key;
          }
          if (caFile) {
            const data = await this.loadFile(caFile);
            if (data) {
              tlsOpts.ca = [data];
            }
          } else if (ca) {
            tlsOpts.ca = ca;
          }
          return Promise.resolve(tlsOpts);
        } catch (err) {
          return Promise.reject(err);
        }
      }
      async tlsFirst(hp) {
        let tlsError;
        let tlsOpts = {
          servername: this.tlsName,
          rejectUnauthorized: true
        };
        if (this.socket) {
          tlsOpts.socket = this.socket;
        }
        if (typeof this.options.tls === "object") {
          try {
            const certOpts = await this.loadClientCerts() || {};
            tlsOpts = (0, nats_base_client_1.extend)(tlsOpts, this.options.tls, certOpts);
          } catch (err) {
            return Promise.reject(new nats_base_client_1.errors.ConnectionError(err.message, { cause: err }));
          }
        }
        const d = (0, nats_base_client_1.deferred)();
        try {
          const tlsSocket = (0, node_tls_1.connect)(hp.port, hp.hostname, tlsOpts, () => {
            tlsSocket.removeAllListeners();
            d.resolve(tlsSocket);
          });
          tlsSocket.on("error", (err) => {
            tlsError = err;
          });
          tlsSocket.on("secureConnect", () => {
            if (tlsOpts.rejectUnauthorized === false) {
              return;
            }
            if (!tlsSocket.authorized) {
              throw tlsSocket.authorizationError;
            }
          });
          tlsSocket.on("close", () => {
            d.reject(tlsError);
            tlsSocket.removeAllListeners();
          });
          tlsSocket.setNoDelay(true);
        } catch (err) {
          d.reject(new nats_base_client_1.errors.ConnectionError(err.message, { cause: err }));
        }
        return d;
      }
      async startTLS() {
        let tlsError;
        let tlsOpts = {
          socket: this.socket,
          servername: this.tlsName,
          rejectUnauthorized: true
        };
        if (typeof this.options.tls === "object") {
          try {
            const certOpts = await this.loadClientCerts() || {};
            tlsOpts = (0, nats_base_client_1.extend)(tlsOpts, this.options.tls, certOpts);
          } catch (err) {
            return Promise.reject(new nats_base_client_1.errors.ConnectionError(err.message, {
              cause: err
            }));
          }
        }
        const d = (0, nats_base_client_1.deferred)();
        try {
          const tlsSocket = (0, node_tls_1.connect)(tlsOpts, () => {
            tlsSocket.removeAllListeners();
            d.resolve(tlsSocket);
          });
          tlsSocket.on("error", (err) => {
            tlsError = err;
          });
          tlsSocket.on("secureConnect", () => {
            if (tlsOpts.rejectUnauthorized === false) {
              return;
            }
            if (!tlsSocket.authorized) {
              throw tlsSocket.authorizationError;
            }
          });
          tlsSocket.on("close", () => {
            d.reject(tlsError);
            tlsSocket.removeAllListeners();
          });
        } catch (err) {
          d.reject(new nats_base_client_1.errors.ConnectionError(err.message, { cause: err }));
        }
        return d;
      }
      setupHandlers() {
        let connError;
        this.socket.on("data", (frame) => {
          this.yields.push(frame);
          return this.signal.resolve();
        });
        this.socket.on("error", (err) => {
          connError = err;
        });
        this.socket.on("end", () => {
          if (this.socket?.destroyed) {
            return;
          }
          this.socket?.write(new Uint8Array(0), () => {
            this.socket?.end();
          });
        });
        this.socket.on("close", () => {
          this._closed(connError, false);
        });
      }
      [Symbol.asyncIterator]() {
        return this.iterate();
      }
      async *iterate() {
        while (true) {
          if (this.yields.length === 0) {
            await this.signal;
          }
          const yields = this.yields;
          this.yields = [];
          for (let i = 0; i < yields.length; i++) {
            if (this.options.debug) {
              console.info(`> ${(0, nats_base_client_1.render)(yields[i])}`);
            }
            yield yields[i];
          }
          if (this.done) {
            break;
          } else if (this.yields.length === 0) {
            yields.length = 0;
            this.yields = yields;
            this.signal = (0, nats_base_client_1.deferred)();
          }
        }
      }
      discard() {
        this.done = true;
        if (this.socket) {
          try {
            this.socket.removeAllListeners();
            this.socket.destroy();
          } catch {
          }
        }
      }
      disconnect() {
        this._closed(void 0, true).then().catch();
      }
      isEncrypted() {
        return this.socket instanceof node_tls_1.TLSSocket;
      }
      _send(frame) {
        if (this.isClosed || this.socket === void 0) {
          return Promise.resolve();
        }
        if (this.options.debug) {
          console.info(`< ${(0, nats_base_client_1.render)(frame)}`);
        }
        const d = (0, nats_base_client_1.deferred)();
        try {
          this.socket.write(frame, (err) => {
            if (err) {
              if (this.options.debug) {
                console.error(`!!! ${(0, nats_base_client_1.render)(frame)}: ${err}`);
              }
              return d.reject(err);
            }
            return d.resolve();
          });
        } catch (err) {
          if (this.options.debug) {
            console.error(`!!! ${(0, nats_base_client_1.render)(frame)}: ${err}`);
          }
          d.reject(err);
        }
        return d;
      }
      send(frame) {
        const p = this._send(frame);
        p.catch((_err) => {
        });
      }
      async _closed(err, internal = true) {
        if (!this.connected)
          return;
        if (this.done) {
          this.socket?.destroy();
          return;
        }
        this.closeError = err;
        if (!err && this.socket && internal) {
          try {
            await this._send(new TextEncoder().encode(""));
          } catch (err2) {
            if (this.options.debug) {
              console.log("transport close terminated with an error", err2);
            }
          }
        }
        try {
          if (this.socket) {
            this.socket.removeAllListeners();
            this.socket?.destroy();
            this.socket = void 0;
          }
        } catch (err2) {
          console.log(err2);
        }
        this.done = true;
        this.closedNotification.resolve(this.closeError);
      }
      closed() {
        return this.closedNotification;
      }
    };
    exports.NodeTransport = NodeTransport;
    function nodeResolveHost(s) {
      const ips = (0, nats_base_client_1.deferred)();
      node_dns_1.default.lookup(
        s,
        { all: true },
        //@ts-ignore: callback changes shape when all is true
        (err, address) => {
          if (err) {
            ips.reject(err);
            return;
          }
          const buf = [];
          for (const r of address) {
            buf.push(r.address);
          }
          if (buf.length === 0) {
            buf.push(s);
          }
          ips.resolve(buf);
        }
      );
      return ips;
    }
  }
});

// node_modules/nats/lib/connect.js
var require_connect = __commonJS({
  "node_modules/nats/lib/connect.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    exports.connect = connect;
    var node_transport_1 = require_node_transport();
    var nats_base_client_1 = require_nats_base_client();
    var nats_base_client_2 = require_nats_base_client();
    function connect(opts = {}) {
      if ((0, nats_base_client_2.hasWsProtocol)(opts)) {
        return Promise.reject(nats_base_client_2.errors.InvalidArgumentError.format(`servers`, `node client doesn't support websockets, use the 'wsconnect' function instead`));
      }
      (0, nats_base_client_1.setTransportFactory)({
        factory: () => {
          return new node_transport_1.NodeTransport();
        },
        dnsResolveFn: node_transport_1.nodeResolveHost
      });
      return nats_base_client_1.NatsConnectionImpl.connect(opts);
    }
  }
});

// node_modules/nats/lib/mod.js
var require_mod = __commonJS({
  "node_modules/nats/lib/mod.js"(exports) {
    "use strict";
    var __createBinding = exports && exports.__createBinding || (Object.create ? (function(o, m, k, k2) {
      if (k2 === void 0) k2 = k;
      var desc = Object.getOwnPropertyDescriptor(m, k);
      if (!desc || ("get" in desc ? !m.__esModule : desc.writable || desc.configurable)) {
        desc = { enumerable: true, get: function() {
          return m[k];
        } };
      }
      Object.defineProperty(o, k2, desc);
    }) : (function(o, m, k, k2) {
      if (k2 === void 0) k2 = k;
      o[k2] = m[k];
    }));
    var __exportStar = exports && exports.__exportStar || function(m, exports2) {
      for (var p in m) if (p !== "default" && !Object.prototype.hasOwnProperty.call(exports2, p)) __createBinding(exports2, m, p);
    };
    Object.defineProperty(exports, "__esModule", { value: true });
    exports.connect = void 0;
    var connect_1 = require_connect();
    Object.defineProperty(exports, "connect", { enumerable: true, get: function() {
      return connect_1.connect;
    } });
    __exportStar(require_nats_base_client(), exports);
  }
});

// node_modules/nats/index.js
var require_nats = __commonJS({
  "node_modules/nats/index.js"(exports, module) {
    "use strict";
    module.exports = require_mod();
  }
});

// src/broker/connection/broker.ts
var import_nats3 = __toESM(require_nats(), 1);
import { setTimeout as delay } from "node:timers/promises";

// src/broker/connection/socket.ts
function socketOf(nc) {
  const { protocol } = nc;
  return protocol?.transport?.socket;
}
function signsOfLife(nc) {
  const socket = socketOf(nc);
  const [read, waiting] = [socket?.bytesRead, roomless(socket)];
  return () => socketOf(nc) !== socket || socket?.bytesRead !== read || waiting > 0 && roomless(socket) !== waiting;
}
async function giveUp(nc) {
  const socket = socketOf(nc);
  if (socket === void 0) await nc.reconnect().catch(() => void 0);
  else socket.destroy();
}
function roomless(socket) {
  const { _handle: handle } = socket ?? {};
  return handle?.writeQueueSize ?? 0;
}

// src/broker/connection/guard-socket.ts
function guardSocket(nc) {
  const socket = socketOf(nc);
  if (socket === void 0) return;
  const removeAllListeners = socket.removeAllListeners.bind(socket);
  socket.removeAllListeners = (event) => {
    removeAllListeners(event);
    return socket.on("error", () => {
    });
  };
}

// src/broker/connection/odd-headers.ts
var import_nats = __toESM(require_nats(), 1);
var isDone = false;
function bearOddHeaders() {
  if (isDone) return;
  isDone = true;
  const library = (0, import_nats.headers)().constructor;
  const decode = library.decode.bind(library);
  library.decode = (bytes) => {
    try {
      return decode(bytes);
    } catch {
      const [status = "", ...lines] = Buffer.from(bytes).toString().split("\r\n");
      const text = (kept) => Buffer.from([status, ...kept].join("\r\n"));
      const isReadable = (line) => {
        try {
          return decode(text([line])) !== void 0;
        } catch {
          return false;
        }
      };
      return decode(text(lines.filter(isReadable)));
    }
  };
}

// src/broker/connection/replies.ts
var import_nats2 = __toESM(require_nats(), 1);

// src/broker/connection/server-codes.ts
var serverCodes = {
  noSuitablePeers: 10005,
  noLeader: 10008,
  consumerNotFound: 10014,
  insufficientResources: 10023,
  consumersLimit: 10026,
  streamsLimit: 10027,
  noMessageFound: 10037,
  insufficientStorage: 10047,
  nameTaken: 10058,
  streamNotFound: 10059,
  wrongLastSequence: 10071,
  notClustered: 10074,
  storeFailed: 10077,
  consumerExists: 10148,
  messageIdInProcess: 10158,
  sequenceInFlight: 10164,
  tooManyRequests: 10167,
  batchIncomplete: 10176,
  badSchedule: 10189,
  batchHoldsKnownId: 10201,
  tooManyBatches: 10210,
  badTimeZone: 10223
};
var statusCodes = {
  heartbeat: 100,
  endOfBatch: 204,
  nothingThere: 404,
  requestExpired: 408,
  nobodyListens: 503
};
function streamsMissing(stream) {
  return new StewardError("streamsMissing", `there is no stream ${stream}; create it with \`steward init\``);
}

// src/broker/connection/replies.ts
var Replies = class {
  #nc;
  #write;
  #inbox = (0, import_nats2.createInbox)();
  #open = /* @__PURE__ */ new Map();
  #listens = false;
  #asked = 0;
  /** `write` runs the function that writes to the connection when it is time. */
  constructor(nc, write) {
    this.#nc = nc;
    this.#write = write;
    void nc.closed().then(() => this.rejectAll(new import_nats2.errors.RequestError("the connection is closed")));
  }
  /**
   * Sends a request on a subject; `timeoutMs` is how long to wait for the answer. Rejects with `TimeoutError`; with
   * `RequestError` when there is no subscriber, when the connection is closed, or when the credentials do not permit it
   * (the violation is its cause then); with the error given to `rejectAll`; and with the client library's error if it
   * refuses to publish.
   */
  ask(subject, payload, { headers: headers2, timeoutMs }) {
    return new Promise((resolve, reject) => {
      const token = (++this.#asked).toString(36);
      const timer = setTimeout(() => this.#take(token)?.reject(new import_nats2.errors.TimeoutError()), timeoutMs);
      this.#open.set(token, { subject, resolve, reject, timer });
      const reply = `${this.#inbox}.${token}`;
      this.#write(() => {
        if (!this.#open.has(token)) return;
        try {
          this.#listen();
          this.#nc.publish(subject, payload, headers2 === void 0 ? { reply } : { reply, headers: headers2 });
        } catch (error) {
          this.#take(token)?.reject(error);
        }
      });
    });
  }
  /** Rejects all open requests. */
  rejectAll(error) {
    for (const token of this.#open.keys()) this.#take(token)?.reject(error);
  }
  /** Handles the server's message that a publish is not permitted: rejects the requests on that subject. */
  denied(violation) {
    if (violation.operation !== "publish") return;
    for (const [token, { subject }] of this.#open) {
      if (subject === violation.subject) this.#take(token)?.reject(refusal(violation));
    }
  }
  #listen() {
    if (this.#listens) return;
    this.#nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, msg) => error === null ? this.#receive(msg) : this.#deaf(error)
    });
    this.#listens = true;
  }
  #receive(msg) {
    const question = this.#take(msg.subject.slice(this.#inbox.length + 1));
    if (question === void 0) return;
    if (msg.data.length === 0 && msg.headers?.code === statusCodes.nobodyListens) {
      question.reject(refusal(new import_nats2.errors.NoRespondersError(question.subject)));
    } else question.resolve(msg);
  }
  /** The credentials do not permit receiving answers here. The next request tries it again. */
  #deaf(error) {
    this.#listens = false;
    this.rejectAll(refusal(error));
  }
  #take(token) {
    const question = this.#open.get(token);
    this.#open.delete(token);
    clearTimeout(question?.timer);
    return question;
  }
};
function refusal(cause) {
  return new import_nats2.errors.RequestError(cause.message, { cause });
}

// src/broker/connection/stream-names.ts
function streamNames(namespace) {
  const prefix = namespace.toUpperCase();
  return {
    messages: `${prefix}_MESSAGES`,
    acks: `${prefix}_ACKS`,
    schedules: `${prefix}_SCHEDULES`,
    archive: `${prefix}_ARCHIVE`,
    nodesBucket: `${prefix}_NODES`,
    presenceBucket: `${prefix}_PRESENCE`,
    groupsBucket: `${prefix}_GROUPS`,
    filesBucket: `${prefix}_FILES`
  };
}

// src/broker/connection/broker.ts
var afterthoughtMs = 2;
var Broker = class {
  nc;
  namespace;
  names;
  /**
   * Nodes whose consumer need not be checked again before a send. Forgotten when the connection is lost: the next
   * broker may not have them.
   */
  preparedNodes = /* @__PURE__ */ new Set();
  #listeners = /* @__PURE__ */ new Set();
  #replies;
  #outgoing = [];
  #afterthoughts = [];
  constructor(nc, namespace, replies) {
    this.nc = nc;
    this.namespace = namespace;
    this.names = streamNames(namespace);
    this.#replies = replies ?? new Replies(nc, (act) => this.write(act));
    guardSocket(nc);
    bearOddHeaders();
    void this.#follow();
  }
  /** The largest payload that the broker accepts, in bytes. */
  get maxPayload() {
    return this.nc.info?.max_payload ?? 1024 * 1024;
  }
  /** Reports when the connection is lost and when it is back, until the returned function is called. */
  onConnection(events) {
    this.#listeners.add(events);
    return () => this.#listeners.delete(events);
  }
  /**
   * Sends a request. Rejects with silence (see `isSilence`) when no answer comes; at once when the connection is lost.
   */
  request(subject, payload, { timeout = 5e3, headers: headers2 } = {}) {
    return this.#replies.ask(subject, payload, { timeoutMs: timeout, headers: headers2 });
  }
  /**
   * Writes to the connection at the end of this turn of the event loop, together with the other writes of the turn, in
   * the order of the calls. Writes to the socket are half of the cost of a message.
   */
  write(act) {
    if (this.#outgoing.push(act) === 1) process.nextTick(() => this.#writeAll());
  }
  /** Writes together with the next `write`, at the latest after 2 ms. */
  soon(act) {
    if (this.#afterthoughts.push(act) === 1) setTimeout(() => this.#writeAll(), afterthoughtMs);
  }
  /** Resolves when the broker has received all that was written. */
  async flush() {
    this.#writeAll();
    await this.nc.flush();
  }
  /** Repeats a request until it is answered. Ends early only by `signal`, or when the connection is closed. */
  async untilAnswered(ask, signal) {
    for (let tries = 0; ; tries++) {
      signal?.throwIfAborted();
      try {
        return await ask();
      } catch (error) {
        if (this.nc.isClosed() || !isSilence(error)) throw error;
      }
      await this.backOff(tries, signal);
    }
  }
  /**
   * Waits before another try: from 50 ms, doubling up to 2 s, with jitter so that a fleet does not return all at once.
   * The wait ends early when a lost connection is back.
   */
  async backOff(tries, signal) {
    const ms = Math.min(2e3, 50 * 2 ** Math.min(tries, 6)) * (0.5 + Math.random());
    const back = new AbortController();
    const forget = this.onConnection({ back: () => back.abort() });
    const enough = signal === void 0 ? back.signal : AbortSignal.any([back.signal, signal]);
    try {
      await delay(ms, void 0, { signal: enough });
    } catch {
      signal?.throwIfAborted();
    } finally {
      forget();
    }
  }
  async close() {
    this.#writeAll();
    if (!this.nc.isClosed()) await this.nc.close();
  }
  async [Symbol.asyncDispose]() {
    await this.close();
  }
  #writeAll() {
    const [afterthoughts, outgoing] = [this.#afterthoughts.splice(0), this.#outgoing.splice(0)];
    for (const act of afterthoughts) if (!this.nc.isClosed()) act();
    for (const act of outgoing) act();
  }
  async #follow() {
    for await (const status of this.nc.status()) {
      const { type } = status;
      if (type === "error" && status.error instanceof import_nats3.errors.PermissionViolationError) {
        this.#replies.denied(status.error);
      }
      if (type === "disconnect" || type === "reconnect") {
        this.#replies.rejectAll(new SilenceError("the connection to the broker was lost"));
      }
      if (type === "disconnect") for (const { lost } of this.#listeners) lost?.();
      if (type === "reconnect") {
        guardSocket(this.nc);
        this.preparedNodes.clear();
        for (const { back } of this.#listeners) back?.();
      }
    }
  }
};
var SilenceError = class extends Error {
  constructor(message) {
    super(message);
    this.name = "SilenceError";
  }
};
function isSilence(error) {
  return error instanceof import_nats3.errors.TimeoutError || error instanceof import_nats3.errors.RequestError || error instanceof SilenceError;
}

// src/broker/connection/denied.ts
var import_nats4 = __toESM(require_nats(), 1);
function isDenied(error) {
  return violationIn(error) !== void 0;
}
function hearsNoAnswer(error) {
  return violationIn(error)?.operation === "subscription";
}
function violationIn(error) {
  if (error instanceof import_nats4.errors.PermissionViolationError) return error;
  return error instanceof Error && error.cause !== void 0 ? violationIn(error.cause) : void 0;
}

// src/client/broker-trouble.ts
var refusals = /^(?:JetStream\w*|Authorization|UserAuthenticationExpired)(?:Error)?$/;
function brokerTrouble(error) {
  if (error instanceof StewardError || !(error instanceof Error)) return error;
  const options = { cause: error };
  if (isDenied(error)) {
    const wayOut = "`steward doctor` shows which rights are missing";
    return new StewardError("brokerRefused", `not authorised: ${messageOf(error)}; ${wayOut}`, options);
  }
  if (isSilence(error) || error.name === "ClosedConnectionError") {
    const text = `the broker does not answer: ${messageOf(error)}; check that it is running`;
    return new StewardError("brokerUnreachable", text, options);
  }
  if (!refusals.test(error.name)) return error;
  return new StewardError("brokerRefused", `the broker refused a request: ${messageOf(error)}`, options);
}

export {
  require_nats,
  signsOfLife,
  giveUp,
  serverCodes,
  statusCodes,
  streamsMissing,
  Broker,
  SilenceError,
  isSilence,
  isDenied,
  hearsNoAnswer,
  brokerTrouble
};
