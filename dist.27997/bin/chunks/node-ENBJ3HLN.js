const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  stateFolder
} from "./chunk-T3QTRK2S.js";
import {
  maxRetryWait,
  nodeDefaults,
  setByOptions
} from "./chunk-SMO4GUJ4.js";
import {
  require_atomic_sleep,
  require_on_exit_leak_free
} from "./chunk-DUMBEDFG.js";
import {
  explained
} from "./chunk-NZXPCTAK.js";
import {
  isCutYaml,
  parseDocuments,
  skipBlank
} from "./chunk-BNJABQ2S.js";
import {
  openFromArguments
} from "./chunk-BKPKBOXJ.js";
import {
  resolveSettings
} from "./chunk-NW7HY4NR.js";
import "./chunk-K3MUEMUZ.js";
import {
  Lease,
  exitStatus,
  hasProc,
  identityText,
  isGone,
  parseIdentity,
  processStat,
  thisProcess
} from "./chunk-2Z36J6GN.js";
import {
  assertUnderstood,
  features,
  protocol
} from "./chunk-7FO4PPIC.js";
import {
  getPage
} from "./chunk-UEFXNOJM.js";
import {
  laneRuleFor,
  policyFor
} from "./chunk-F4IVHV5A.js";
import "./chunk-RBNEHH4P.js";
import {
  kvPut
} from "./chunk-A7TW25KK.js";
import {
  lanesInBeat
} from "./chunk-EYZB2UB4.js";
import {
  version
} from "./chunk-RQDZDKP5.js";
import {
  OutputCapture,
  toOutput
} from "./chunk-IRXL2X62.js";
import {
  errnoOf,
  isNotNow
} from "./chunk-IJB2EIWW.js";
import {
  NotNowError,
  RunError,
  TerminalError,
  defineHandler,
  validated
} from "./chunk-KRWR4BK3.js";
import {
  kvEntries
} from "./chunk-6KZYLPZB.js";
import {
  OutputChannel
} from "./chunk-T5NXMHBG.js";
import {
  cancelRequestSchema,
  controlVerbs,
  laneRequestSchema,
  lanesRequestSchema,
  outputRequestSchema,
  serveMicroService
} from "./chunk-HDCA3CCY.js";
import "./chunk-KBGVZMHU.js";
import {
  cut,
  holdOf,
  laneHoldKey,
  longestReason,
  parseLaneEntry
} from "./chunk-2PVYTS73.js";
import {
  Journal,
  Queue,
  changedFields,
  consumerInfo,
  decodeTime,
  deliveryPlace,
  derivedId,
  lastOnLeader,
  lastOnSubject,
  monotonicFactory,
  newId,
  nodeOf,
  onAbort,
  originalOf,
  parseStrict,
  queuedSubjects,
  rawOf,
  readQueued,
  resetConsumer,
  restoreConsumer,
  streamInfo,
  streamInfoOnceThere,
  toMessages,
  unlessAborted
} from "./chunk-OMTY7AFQ.js";
import "./chunk-MNJ7CHLS.js";
import "./chunk-3XC6KFQ2.js";
import {
  defineCommand
} from "./chunk-7C3OR7HS.js";
import {
  isSilence,
  require_nats,
  statusCodes
} from "./chunk-TZGZTI2Z.js";
import "./chunk-Y6JR37Y7.js";
import "./chunk-EUBKYWQP.js";
import {
  maxDocumentBytes
} from "./chunk-66VHQECK.js";
import "./chunk-T43TWJCU.js";
import {
  nodeOptions
} from "./chunk-NGO76LME.js";
import "./chunk-REHHFAQD.js";
import "./chunk-WV5YP3BK.js";
import "./chunk-P6SB6KP3.js";
import {
  harmless,
  printNote,
  stderr,
  toJson,
  wellFormedJson
} from "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import {
  cancellation,
  isFinal,
  isKnownState,
  knownState,
  outputStreams,
  parseAck,
  parseDraft
} from "./chunk-U2N5OPV4.js";
import {
  array,
  assertFits,
  boolean,
  check2 as check,
  exactOptional,
  getDotPath,
  integer,
  maxValue,
  messageSchema,
  messageTypeSchema,
  minLength,
  minValue,
  nonEmpty,
  number,
  object,
  pipe,
  safeParse,
  strictTuple,
  string,
  tokenSchema,
  tupleWithRest
} from "./chunk-WUYJTG4S.js";
import {
  longestTimer,
  parseDuration
} from "./chunk-CFOZLGDG.js";
import {
  ackSubject,
  canonicalSubject,
  controlSubject,
  firingIdOf,
  isId,
  isToken,
  laneOf,
  messageFilter,
  messageSubject,
  nodeFilter,
  parseLaneName,
  parseMessageSubject,
  typeAndSubject
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError,
  messageOf
} from "./chunk-IH65MIS5.js";
import {
  countLines,
  joinedLines
} from "./chunk-7CBYIQL6.js";
import {
  __callDispose,
  __commonJS,
  __require,
  __toESM,
  __using
} from "./chunk-LCNIN5BG.js";

// node_modules/pino-std-serializers/lib/err-helpers.js
var require_err_helpers = __commonJS({
  "node_modules/pino-std-serializers/lib/err-helpers.js"(exports, module) {
    "use strict";
    var isErrorLike = (err) => {
      return err && typeof err.message === "string";
    };
    var getErrorCause = (err) => {
      if (!err) return;
      const cause = err.cause;
      if (typeof cause === "function") {
        const causeResult = err.cause();
        return isErrorLike(causeResult) ? causeResult : void 0;
      } else {
        return isErrorLike(cause) ? cause : void 0;
      }
    };
    var _stackWithCauses = (err, seen) => {
      if (!isErrorLike(err)) return "";
      const stack = err.stack || "";
      if (seen.has(err)) {
        return stack + "\ncauses have become circular...";
      }
      const cause = getErrorCause(err);
      if (cause) {
        seen.add(err);
        return stack + "\ncaused by: " + _stackWithCauses(cause, seen);
      } else {
        return stack;
      }
    };
    var stackWithCauses = (err) => _stackWithCauses(err, /* @__PURE__ */ new Set());
    var _messageWithCauses = (err, seen, skip) => {
      if (!isErrorLike(err)) return "";
      const message = skip ? "" : err.message || "";
      if (seen.has(err)) {
        return message + ": ...";
      }
      const cause = getErrorCause(err);
      if (cause) {
        seen.add(err);
        const skipIfVErrorStyleCause = typeof err.cause === "function";
        return message + (skipIfVErrorStyleCause ? "" : ": ") + _messageWithCauses(cause, seen, skipIfVErrorStyleCause);
      } else {
        return message;
      }
    };
    var messageWithCauses = (err) => _messageWithCauses(err, /* @__PURE__ */ new Set());
    module.exports = {
      isErrorLike,
      getErrorCause,
      stackWithCauses,
      messageWithCauses
    };
  }
});

// node_modules/pino-std-serializers/lib/err-proto.js
var require_err_proto = __commonJS({
  "node_modules/pino-std-serializers/lib/err-proto.js"(exports, module) {
    "use strict";
    var seen = /* @__PURE__ */ Symbol("circular-ref-tag");
    var rawSymbol = /* @__PURE__ */ Symbol("pino-raw-err-ref");
    var pinoErrProto = Object.create({}, {
      type: {
        enumerable: true,
        writable: true,
        value: void 0
      },
      message: {
        enumerable: true,
        writable: true,
        value: void 0
      },
      stack: {
        enumerable: true,
        writable: true,
        value: void 0
      },
      aggregateErrors: {
        enumerable: true,
        writable: true,
        value: void 0
      },
      raw: {
        enumerable: false,
        get: function() {
          return this[rawSymbol];
        },
        set: function(val) {
          this[rawSymbol] = val;
        }
      }
    });
    Object.defineProperty(pinoErrProto, rawSymbol, {
      writable: true,
      value: {}
    });
    module.exports = {
      pinoErrProto,
      pinoErrorSymbols: {
        seen,
        rawSymbol
      }
    };
  }
});

// node_modules/pino-std-serializers/lib/err.js
var require_err = __commonJS({
  "node_modules/pino-std-serializers/lib/err.js"(exports, module) {
    "use strict";
    module.exports = errSerializer;
    var { messageWithCauses, stackWithCauses, isErrorLike } = require_err_helpers();
    var { pinoErrProto, pinoErrorSymbols } = require_err_proto();
    var { seen } = pinoErrorSymbols;
    var { toString } = Object.prototype;
    function errSerializer(err) {
      if (!isErrorLike(err)) {
        return err;
      }
      err[seen] = void 0;
      const _err = Object.create(pinoErrProto);
      _err.type = toString.call(err.constructor) === "[object Function]" ? err.constructor.name : err.name;
      _err.message = messageWithCauses(err);
      _err.stack = stackWithCauses(err);
      if (Array.isArray(err.errors)) {
        _err.aggregateErrors = err.errors.map((err2) => errSerializer(err2));
      }
      for (const key in err) {
        if (_err[key] === void 0) {
          const val = err[key];
          if (isErrorLike(val)) {
            if (key !== "cause" && !Object.prototype.hasOwnProperty.call(val, seen)) {
              _err[key] = errSerializer(val);
            }
          } else {
            _err[key] = val;
          }
        }
      }
      delete err[seen];
      _err.raw = err;
      return _err;
    }
  }
});

// node_modules/pino-std-serializers/lib/err-with-cause.js
var require_err_with_cause = __commonJS({
  "node_modules/pino-std-serializers/lib/err-with-cause.js"(exports, module) {
    "use strict";
    module.exports = errWithCauseSerializer;
    var { isErrorLike } = require_err_helpers();
    var { pinoErrProto, pinoErrorSymbols } = require_err_proto();
    var { seen } = pinoErrorSymbols;
    var { toString } = Object.prototype;
    function errWithCauseSerializer(err) {
      if (!isErrorLike(err)) {
        return err;
      }
      err[seen] = void 0;
      const _err = Object.create(pinoErrProto);
      _err.type = toString.call(err.constructor) === "[object Function]" ? err.constructor.name : err.name;
      _err.message = err.message;
      _err.stack = err.stack;
      if (Array.isArray(err.errors)) {
        _err.aggregateErrors = err.errors.map((err2) => errWithCauseSerializer(err2));
      }
      if (isErrorLike(err.cause) && !Object.prototype.hasOwnProperty.call(err.cause, seen)) {
        _err.cause = errWithCauseSerializer(err.cause);
      }
      for (const key in err) {
        if (_err[key] === void 0) {
          const val = err[key];
          if (isErrorLike(val)) {
            if (!Object.prototype.hasOwnProperty.call(val, seen)) {
              _err[key] = errWithCauseSerializer(val);
            }
          } else {
            _err[key] = val;
          }
        }
      }
      delete err[seen];
      _err.raw = err;
      return _err;
    }
  }
});

// node_modules/pino-std-serializers/lib/req.js
var require_req = __commonJS({
  "node_modules/pino-std-serializers/lib/req.js"(exports, module) {
    "use strict";
    module.exports = {
      mapHttpRequest,
      reqSerializer
    };
    var rawSymbol = /* @__PURE__ */ Symbol("pino-raw-req-ref");
    var pinoReqProto = Object.create({}, {
      id: {
        enumerable: true,
        writable: true,
        value: ""
      },
      method: {
        enumerable: true,
        writable: true,
        value: ""
      },
      url: {
        enumerable: true,
        writable: true,
        value: ""
      },
      query: {
        enumerable: true,
        writable: true,
        value: ""
      },
      params: {
        enumerable: true,
        writable: true,
        value: ""
      },
      headers: {
        enumerable: true,
        writable: true,
        value: {}
      },
      remoteAddress: {
        enumerable: true,
        writable: true,
        value: ""
      },
      remotePort: {
        enumerable: true,
        writable: true,
        value: ""
      },
      raw: {
        enumerable: false,
        get: function() {
          return this[rawSymbol];
        },
        set: function(val) {
          this[rawSymbol] = val;
        }
      }
    });
    Object.defineProperty(pinoReqProto, rawSymbol, {
      writable: true,
      value: {}
    });
    function reqSerializer(req) {
      const connection = req.info || req.socket;
      const _req = Object.create(pinoReqProto);
      _req.id = typeof req.id === "function" ? req.id() : req.id || (req.info ? req.info.id : void 0);
      _req.method = req.method;
      if (req.originalUrl) {
        _req.url = req.originalUrl;
      } else {
        const path = req.path;
        _req.url = typeof path === "string" ? path : req.url ? req.url.path || req.url : void 0;
      }
      if (req.query) {
        _req.query = req.query;
      }
      if (req.params) {
        _req.params = req.params;
      }
      _req.headers = req.headers;
      _req.remoteAddress = connection && connection.remoteAddress;
      _req.remotePort = connection && connection.remotePort;
      _req.raw = req.raw || req;
      return _req;
    }
    function mapHttpRequest(req) {
      return {
        req: reqSerializer(req)
      };
    }
  }
});

// node_modules/pino-std-serializers/lib/res.js
var require_res = __commonJS({
  "node_modules/pino-std-serializers/lib/res.js"(exports, module) {
    "use strict";
    module.exports = {
      mapHttpResponse,
      resSerializer
    };
    var rawSymbol = /* @__PURE__ */ Symbol("pino-raw-res-ref");
    var pinoResProto = Object.create({}, {
      statusCode: {
        enumerable: true,
        writable: true,
        value: 0
      },
      headers: {
        enumerable: true,
        writable: true,
        value: ""
      },
      raw: {
        enumerable: false,
        get: function() {
          return this[rawSymbol];
        },
        set: function(val) {
          this[rawSymbol] = val;
        }
      }
    });
    Object.defineProperty(pinoResProto, rawSymbol, {
      writable: true,
      value: {}
    });
    function resSerializer(res) {
      const _res = Object.create(pinoResProto);
      _res.statusCode = res.headersSent ? res.statusCode : null;
      _res.headers = res.getHeaders ? res.getHeaders() : res._headers;
      _res.raw = res;
      return _res;
    }
    function mapHttpResponse(res) {
      return {
        res: resSerializer(res)
      };
    }
  }
});

// node_modules/pino-std-serializers/index.js
var require_pino_std_serializers = __commonJS({
  "node_modules/pino-std-serializers/index.js"(exports, module) {
    "use strict";
    var errSerializer = require_err();
    var errWithCauseSerializer = require_err_with_cause();
    var reqSerializers = require_req();
    var resSerializers = require_res();
    module.exports = {
      err: errSerializer,
      errWithCause: errWithCauseSerializer,
      mapHttpRequest: reqSerializers.mapHttpRequest,
      mapHttpResponse: resSerializers.mapHttpResponse,
      req: reqSerializers.reqSerializer,
      res: resSerializers.resSerializer,
      wrapErrorSerializer: function wrapErrorSerializer(customSerializer) {
        if (customSerializer === errSerializer) return customSerializer;
        return function wrapErrSerializer(err) {
          return customSerializer(errSerializer(err));
        };
      },
      wrapRequestSerializer: function wrapRequestSerializer(customSerializer) {
        if (customSerializer === reqSerializers.reqSerializer) return customSerializer;
        return function wrappedReqSerializer(req) {
          return customSerializer(reqSerializers.reqSerializer(req));
        };
      },
      wrapResponseSerializer: function wrapResponseSerializer(customSerializer) {
        if (customSerializer === resSerializers.resSerializer) return customSerializer;
        return function wrappedResSerializer(res) {
          return customSerializer(resSerializers.resSerializer(res));
        };
      }
    };
  }
});

// node_modules/pino/lib/caller.js
var require_caller = __commonJS({
  "node_modules/pino/lib/caller.js"(exports, module) {
    "use strict";
    var util = __require("node:util");
    var getCallSites = util.getCallSites ?? util.getCallSite;
    function noOpPrepareStackTrace(_, stack) {
      return stack;
    }
    module.exports = function getCallers() {
      if (getCallSites) {
        return getCallSites().slice(2).map((callSite) => callSite.scriptName);
      }
      const originalPrepare = Error.prepareStackTrace;
      Error.prepareStackTrace = noOpPrepareStackTrace;
      const stack = new Error().stack;
      Error.prepareStackTrace = originalPrepare;
      if (!Array.isArray(stack)) {
        return void 0;
      }
      const entries = stack.slice(2);
      const fileNames = [];
      for (const entry of entries) {
        if (!entry) {
          continue;
        }
        fileNames.push(entry.getFileName());
      }
      return fileNames;
    };
  }
});

// node_modules/@pinojs/redact/index.js
var require_redact = __commonJS({
  "node_modules/@pinojs/redact/index.js"(exports, module) {
    "use strict";
    function deepClone(obj) {
      if (obj === null || typeof obj !== "object") {
        return obj;
      }
      if (obj instanceof Date) {
        return new Date(obj.getTime());
      }
      if (obj instanceof Array) {
        const cloned = [];
        for (let i = 0; i < obj.length; i++) {
          cloned[i] = deepClone(obj[i]);
        }
        return cloned;
      }
      if (typeof obj === "object") {
        const cloned = Object.create(Object.getPrototypeOf(obj));
        for (const key in obj) {
          if (Object.prototype.hasOwnProperty.call(obj, key)) {
            cloned[key] = deepClone(obj[key]);
          }
        }
        return cloned;
      }
      return obj;
    }
    function parsePath(path) {
      const parts = [];
      let current = "";
      let inBrackets = false;
      let inQuotes = false;
      let quoteChar = "";
      for (let i = 0; i < path.length; i++) {
        const char = path[i];
        if (!inBrackets && char === ".") {
          if (current) {
            parts.push(current);
            current = "";
          }
        } else if (char === "[") {
          if (current) {
            parts.push(current);
            current = "";
          }
          inBrackets = true;
        } else if (char === "]" && inBrackets) {
          parts.push(current);
          current = "";
          inBrackets = false;
          inQuotes = false;
        } else if ((char === '"' || char === "'") && inBrackets) {
          if (!inQuotes) {
            inQuotes = true;
            quoteChar = char;
          } else if (char === quoteChar) {
            inQuotes = false;
            quoteChar = "";
          } else {
            current += char;
          }
        } else {
          current += char;
        }
      }
      if (current) {
        parts.push(current);
      }
      return parts;
    }
    function setValue(obj, parts, value) {
      let current = obj;
      for (let i = 0; i < parts.length - 1; i++) {
        const key = parts[i];
        if (typeof current !== "object" || current === null || !(key in current)) {
          return false;
        }
        if (typeof current[key] !== "object" || current[key] === null) {
          return false;
        }
        current = current[key];
      }
      const lastKey = parts[parts.length - 1];
      if (lastKey === "*") {
        if (Array.isArray(current)) {
          for (let i = 0; i < current.length; i++) {
            current[i] = value;
          }
        } else if (typeof current === "object" && current !== null) {
          for (const key in current) {
            if (Object.prototype.hasOwnProperty.call(current, key)) {
              current[key] = value;
            }
          }
        }
      } else {
        if (typeof current === "object" && current !== null && lastKey in current && Object.prototype.hasOwnProperty.call(current, lastKey)) {
          current[lastKey] = value;
        }
      }
      return true;
    }
    function removeKey(obj, parts) {
      let current = obj;
      for (let i = 0; i < parts.length - 1; i++) {
        const key = parts[i];
        if (typeof current !== "object" || current === null || !(key in current)) {
          return false;
        }
        if (typeof current[key] !== "object" || current[key] === null) {
          return false;
        }
        current = current[key];
      }
      const lastKey = parts[parts.length - 1];
      if (lastKey === "*") {
        if (Array.isArray(current)) {
          for (let i = 0; i < current.length; i++) {
            current[i] = void 0;
          }
        } else if (typeof current === "object" && current !== null) {
          for (const key in current) {
            if (Object.prototype.hasOwnProperty.call(current, key)) {
              delete current[key];
            }
          }
        }
      } else {
        if (typeof current === "object" && current !== null && lastKey in current && Object.prototype.hasOwnProperty.call(current, lastKey)) {
          delete current[lastKey];
        }
      }
      return true;
    }
    var PATH_NOT_FOUND = /* @__PURE__ */ Symbol("PATH_NOT_FOUND");
    function getValueIfExists(obj, parts) {
      let current = obj;
      for (const part of parts) {
        if (current === null || current === void 0) {
          return PATH_NOT_FOUND;
        }
        if (typeof current !== "object" || current === null) {
          return PATH_NOT_FOUND;
        }
        if (!(part in current)) {
          return PATH_NOT_FOUND;
        }
        current = current[part];
      }
      return current;
    }
    function getValue(obj, parts) {
      let current = obj;
      for (const part of parts) {
        if (current === null || current === void 0) {
          return void 0;
        }
        if (typeof current !== "object" || current === null) {
          return void 0;
        }
        current = current[part];
      }
      return current;
    }
    function redactPaths(obj, paths, censor, remove = false) {
      for (const path of paths) {
        const parts = parsePath(path);
        if (parts.includes("*")) {
          redactWildcardPath(obj, parts, censor, path, remove);
        } else {
          if (remove) {
            removeKey(obj, parts);
          } else {
            const value = getValueIfExists(obj, parts);
            if (value === PATH_NOT_FOUND) {
              continue;
            }
            const actualCensor = typeof censor === "function" ? censor(value, parts) : censor;
            setValue(obj, parts, actualCensor);
          }
        }
      }
    }
    function redactWildcardPath(obj, parts, censor, originalPath, remove = false) {
      const wildcardIndex = parts.indexOf("*");
      if (wildcardIndex === parts.length - 1) {
        const parentParts = parts.slice(0, -1);
        let current = obj;
        for (const part of parentParts) {
          if (current === null || current === void 0) return;
          if (typeof current !== "object" || current === null) return;
          current = current[part];
        }
        if (Array.isArray(current)) {
          if (remove) {
            for (let i = 0; i < current.length; i++) {
              current[i] = void 0;
            }
          } else {
            for (let i = 0; i < current.length; i++) {
              const indexPath = [...parentParts, i.toString()];
              const actualCensor = typeof censor === "function" ? censor(current[i], indexPath) : censor;
              current[i] = actualCensor;
            }
          }
        } else if (typeof current === "object" && current !== null) {
          if (remove) {
            const keysToDelete = [];
            for (const key in current) {
              if (Object.prototype.hasOwnProperty.call(current, key)) {
                keysToDelete.push(key);
              }
            }
            for (const key of keysToDelete) {
              delete current[key];
            }
          } else {
            for (const key in current) {
              const keyPath = [...parentParts, key];
              const actualCensor = typeof censor === "function" ? censor(current[key], keyPath) : censor;
              current[key] = actualCensor;
            }
          }
        }
      } else {
        redactIntermediateWildcard(obj, parts, censor, wildcardIndex, originalPath, remove);
      }
    }
    function redactIntermediateWildcard(obj, parts, censor, wildcardIndex, originalPath, remove = false) {
      const beforeWildcard = parts.slice(0, wildcardIndex);
      const afterWildcard = parts.slice(wildcardIndex + 1);
      const pathArray = [];
      function traverse(current, pathLength) {
        if (pathLength === beforeWildcard.length) {
          if (Array.isArray(current)) {
            for (let i = 0; i < current.length; i++) {
              pathArray[pathLength] = i.toString();
              traverse(current[i], pathLength + 1);
            }
          } else if (typeof current === "object" && current !== null) {
            for (const key in current) {
              pathArray[pathLength] = key;
              traverse(current[key], pathLength + 1);
            }
          }
        } else if (pathLength < beforeWildcard.length) {
          const nextKey = beforeWildcard[pathLength];
          if (current && typeof current === "object" && current !== null && nextKey in current) {
            pathArray[pathLength] = nextKey;
            traverse(current[nextKey], pathLength + 1);
          }
        } else {
          if (afterWildcard.includes("*")) {
            const wrappedCensor = typeof censor === "function" ? (value, path) => {
              const fullPath = [...pathArray.slice(0, pathLength), ...path];
              return censor(value, fullPath);
            } : censor;
            redactWildcardPath(current, afterWildcard, wrappedCensor, originalPath, remove);
          } else {
            if (remove) {
              removeKey(current, afterWildcard);
            } else {
              const actualCensor = typeof censor === "function" ? censor(getValue(current, afterWildcard), [...pathArray.slice(0, pathLength), ...afterWildcard]) : censor;
              setValue(current, afterWildcard, actualCensor);
            }
          }
        }
      }
      if (beforeWildcard.length === 0) {
        traverse(obj, 0);
      } else {
        let current = obj;
        for (let i = 0; i < beforeWildcard.length; i++) {
          const part = beforeWildcard[i];
          if (current === null || current === void 0) return;
          if (typeof current !== "object" || current === null) return;
          current = current[part];
          pathArray[i] = part;
        }
        if (current !== null && current !== void 0) {
          traverse(current, beforeWildcard.length);
        }
      }
    }
    function buildPathStructure(pathsToClone) {
      if (pathsToClone.length === 0) {
        return null;
      }
      const pathStructure = /* @__PURE__ */ new Map();
      for (const path of pathsToClone) {
        const parts = parsePath(path);
        let current = pathStructure;
        for (let i = 0; i < parts.length; i++) {
          const part = parts[i];
          if (!current.has(part)) {
            current.set(part, /* @__PURE__ */ new Map());
          }
          current = current.get(part);
        }
      }
      return pathStructure;
    }
    function selectiveClone(obj, pathStructure) {
      if (!pathStructure) {
        return obj;
      }
      function cloneSelectively(source, pathMap, depth = 0) {
        if (!pathMap || pathMap.size === 0) {
          return source;
        }
        if (source === null || typeof source !== "object") {
          return source;
        }
        if (source instanceof Date) {
          return new Date(source.getTime());
        }
        if (Array.isArray(source)) {
          const cloned2 = [];
          for (let i = 0; i < source.length; i++) {
            const indexStr = i.toString();
            if (pathMap.has(indexStr) || pathMap.has("*")) {
              cloned2[i] = cloneSelectively(source[i], pathMap.get(indexStr) || pathMap.get("*"));
            } else {
              cloned2[i] = source[i];
            }
          }
          return cloned2;
        }
        const cloned = Object.create(Object.getPrototypeOf(source));
        for (const key in source) {
          if (Object.prototype.hasOwnProperty.call(source, key)) {
            if (pathMap.has(key) || pathMap.has("*")) {
              cloned[key] = cloneSelectively(source[key], pathMap.get(key) || pathMap.get("*"));
            } else {
              cloned[key] = source[key];
            }
          }
        }
        return cloned;
      }
      return cloneSelectively(obj, pathStructure);
    }
    function validatePath(path) {
      if (typeof path !== "string") {
        throw new Error("Paths must be (non-empty) strings");
      }
      if (path === "") {
        throw new Error("Invalid redaction path ()");
      }
      if (path.includes("..")) {
        throw new Error(`Invalid redaction path (${path})`);
      }
      if (path.includes(",")) {
        throw new Error(`Invalid redaction path (${path})`);
      }
      let bracketCount = 0;
      let inQuotes = false;
      let quoteChar = "";
      for (let i = 0; i < path.length; i++) {
        const char = path[i];
        if ((char === '"' || char === "'") && bracketCount > 0) {
          if (!inQuotes) {
            inQuotes = true;
            quoteChar = char;
          } else if (char === quoteChar) {
            inQuotes = false;
            quoteChar = "";
          }
        } else if (char === "[" && !inQuotes) {
          bracketCount++;
        } else if (char === "]" && !inQuotes) {
          bracketCount--;
          if (bracketCount < 0) {
            throw new Error(`Invalid redaction path (${path})`);
          }
        }
      }
      if (bracketCount !== 0) {
        throw new Error(`Invalid redaction path (${path})`);
      }
    }
    function validatePaths(paths) {
      if (!Array.isArray(paths)) {
        throw new TypeError("paths must be an array");
      }
      for (const path of paths) {
        validatePath(path);
      }
    }
    function slowRedact(options = {}) {
      const {
        paths = [],
        censor = "[REDACTED]",
        serialize = JSON.stringify,
        strict = true,
        remove = false
      } = options;
      validatePaths(paths);
      const pathStructure = buildPathStructure(paths);
      return function redact(obj) {
        if (strict && (obj === null || typeof obj !== "object")) {
          if (obj === null || obj === void 0) {
            return serialize ? serialize(obj) : obj;
          }
          if (typeof obj !== "object") {
            return serialize ? serialize(obj) : obj;
          }
        }
        const cloned = selectiveClone(obj, pathStructure);
        const original = obj;
        let actualCensor = censor;
        if (typeof censor === "function") {
          actualCensor = censor;
        }
        redactPaths(cloned, paths, actualCensor, remove);
        if (serialize === false) {
          cloned.restore = function() {
            return deepClone(original);
          };
          return cloned;
        }
        if (typeof serialize === "function") {
          return serialize(cloned);
        }
        return JSON.stringify(cloned);
      };
    }
    module.exports = slowRedact;
  }
});

// node_modules/pino/lib/symbols.js
var require_symbols = __commonJS({
  "node_modules/pino/lib/symbols.js"(exports, module) {
    "use strict";
    var setLevelSym = /* @__PURE__ */ Symbol("pino.setLevel");
    var getLevelSym = /* @__PURE__ */ Symbol("pino.getLevel");
    var levelValSym = /* @__PURE__ */ Symbol("pino.levelVal");
    var levelCompSym = /* @__PURE__ */ Symbol("pino.levelComp");
    var useLevelLabelsSym = /* @__PURE__ */ Symbol("pino.useLevelLabels");
    var useOnlyCustomLevelsSym = /* @__PURE__ */ Symbol("pino.useOnlyCustomLevels");
    var mixinSym = /* @__PURE__ */ Symbol("pino.mixin");
    var lsCacheSym = /* @__PURE__ */ Symbol("pino.lsCache");
    var chindingsSym = /* @__PURE__ */ Symbol("pino.chindings");
    var asJsonSym = /* @__PURE__ */ Symbol("pino.asJson");
    var writeSym = /* @__PURE__ */ Symbol("pino.write");
    var redactFmtSym = /* @__PURE__ */ Symbol("pino.redactFmt");
    var timeSym = /* @__PURE__ */ Symbol("pino.time");
    var timeSliceIndexSym = /* @__PURE__ */ Symbol("pino.timeSliceIndex");
    var streamSym = /* @__PURE__ */ Symbol("pino.stream");
    var stringifySym = /* @__PURE__ */ Symbol("pino.stringify");
    var stringifySafeSym = /* @__PURE__ */ Symbol("pino.stringifySafe");
    var stringifiersSym = /* @__PURE__ */ Symbol("pino.stringifiers");
    var endSym = /* @__PURE__ */ Symbol("pino.end");
    var formatOptsSym = /* @__PURE__ */ Symbol("pino.formatOpts");
    var messageKeySym = /* @__PURE__ */ Symbol("pino.messageKey");
    var errorKeySym = /* @__PURE__ */ Symbol("pino.errorKey");
    var nestedKeySym = /* @__PURE__ */ Symbol("pino.nestedKey");
    var nestedKeyStrSym = /* @__PURE__ */ Symbol("pino.nestedKeyStr");
    var mixinMergeStrategySym = /* @__PURE__ */ Symbol("pino.mixinMergeStrategy");
    var msgPrefixSym = /* @__PURE__ */ Symbol("pino.msgPrefix");
    var wildcardFirstSym = /* @__PURE__ */ Symbol("pino.wildcardFirst");
    var serializersSym = /* @__PURE__ */ Symbol.for("pino.serializers");
    var formattersSym = /* @__PURE__ */ Symbol.for("pino.formatters");
    var hooksSym = /* @__PURE__ */ Symbol.for("pino.hooks");
    var needsMetadataGsym = /* @__PURE__ */ Symbol.for("pino.metadata");
    var transportUsesMultistreamSym = /* @__PURE__ */ Symbol.for("pino.transport.usesMultistream");
    module.exports = {
      setLevelSym,
      getLevelSym,
      levelValSym,
      levelCompSym,
      useLevelLabelsSym,
      mixinSym,
      lsCacheSym,
      chindingsSym,
      asJsonSym,
      writeSym,
      serializersSym,
      redactFmtSym,
      timeSym,
      timeSliceIndexSym,
      streamSym,
      stringifySym,
      stringifySafeSym,
      stringifiersSym,
      endSym,
      formatOptsSym,
      messageKeySym,
      errorKeySym,
      nestedKeySym,
      wildcardFirstSym,
      needsMetadataGsym,
      useOnlyCustomLevelsSym,
      formattersSym,
      hooksSym,
      nestedKeyStrSym,
      mixinMergeStrategySym,
      msgPrefixSym,
      transportUsesMultistreamSym
    };
  }
});

// node_modules/pino/lib/redaction.js
var require_redaction = __commonJS({
  "node_modules/pino/lib/redaction.js"(exports, module) {
    "use strict";
    var Redact = require_redact();
    var { redactFmtSym, wildcardFirstSym } = require_symbols();
    var rx = /[^.[\]]+|\[([^[\]]*?)\]/g;
    var CENSOR = "[Redacted]";
    var strict = false;
    function redaction(opts, serialize) {
      const { paths, censor, remove } = handle(opts);
      const shape = paths.reduce((o, str) => {
        rx.lastIndex = 0;
        const first = rx.exec(str);
        const next = rx.exec(str);
        let ns = first[1] !== void 0 ? first[1].replace(/^(?:"|'|`)(.*)(?:"|'|`)$/, "$1") : first[0];
        if (ns === "*") {
          ns = wildcardFirstSym;
        }
        if (next === null) {
          o[ns] = null;
          return o;
        }
        if (o[ns] === null) {
          return o;
        }
        const { index } = next;
        const nextPath = `${str.substr(index, str.length - 1)}`;
        o[ns] = o[ns] || [];
        if (ns !== wildcardFirstSym && o[ns].length === 0) {
          o[ns].push(...o[wildcardFirstSym] || []);
        }
        if (ns === wildcardFirstSym) {
          Object.keys(o).forEach(function(k) {
            if (o[k]) {
              o[k].push(nextPath);
            }
          });
        }
        o[ns].push(nextPath);
        return o;
      }, /* @__PURE__ */ Object.create(null));
      const result = Object.assign(/* @__PURE__ */ Object.create(null), {
        [redactFmtSym]: Redact({ paths, censor, serialize, strict, remove })
      });
      const topCensor = (...args) => {
        return typeof censor === "function" ? serialize(censor(...args)) : serialize(censor);
      };
      return [...Object.keys(shape), ...Object.getOwnPropertySymbols(shape)].reduce((o, k) => {
        if (shape[k] === null) {
          o[k] = (value) => topCensor(value, [k]);
        } else {
          const wrappedCensor = typeof censor === "function" ? (value, path) => {
            return censor(value, [k, ...path]);
          } : censor;
          o[k] = Redact({
            paths: shape[k],
            censor: wrappedCensor,
            serialize,
            strict,
            remove
          });
        }
        return o;
      }, result);
    }
    function handle(opts) {
      if (Array.isArray(opts)) {
        opts = { paths: opts, censor: CENSOR };
        return opts;
      }
      let { paths, censor = CENSOR, remove } = opts;
      if (Array.isArray(paths) === false) {
        throw Error("pino \u2013 redact must contain an array of strings");
      }
      if (remove === true) censor = void 0;
      return { paths, censor, remove };
    }
    module.exports = redaction;
  }
});

// node_modules/pino/lib/time.js
var require_time = __commonJS({
  "node_modules/pino/lib/time.js"(exports, module) {
    "use strict";
    var nullTime = () => "";
    var epochTime = () => `,"time":${Date.now()}`;
    var unixTime = () => `,"time":${Math.round(Date.now() / 1e3)}`;
    var isoTime = () => `,"time":"${new Date(Date.now()).toISOString()}"`;
    var NS_PER_MS = 1000000n;
    var NS_PER_SEC = 1000000000n;
    var startWallTimeNs = BigInt(Date.now()) * NS_PER_MS;
    var startHrTime = process.hrtime.bigint();
    var isoTimeNano = () => {
      const elapsedNs = process.hrtime.bigint() - startHrTime;
      const currentTimeNs = startWallTimeNs + elapsedNs;
      const secondsSinceEpoch = currentTimeNs / NS_PER_SEC;
      const nanosWithinSecond = currentTimeNs % NS_PER_SEC;
      const msSinceEpoch = Number(secondsSinceEpoch * 1000n + nanosWithinSecond / 1000000n);
      const date = new Date(msSinceEpoch);
      const year = date.getUTCFullYear();
      const month = (date.getUTCMonth() + 1).toString().padStart(2, "0");
      const day = date.getUTCDate().toString().padStart(2, "0");
      const hours = date.getUTCHours().toString().padStart(2, "0");
      const minutes = date.getUTCMinutes().toString().padStart(2, "0");
      const seconds = date.getUTCSeconds().toString().padStart(2, "0");
      return `,"time":"${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${nanosWithinSecond.toString().padStart(9, "0")}Z"`;
    };
    module.exports = { nullTime, epochTime, unixTime, isoTime, isoTimeNano };
  }
});

// node_modules/quick-format-unescaped/index.js
var require_quick_format_unescaped = __commonJS({
  "node_modules/quick-format-unescaped/index.js"(exports, module) {
    "use strict";
    function tryStringify(o) {
      try {
        return JSON.stringify(o);
      } catch (e) {
        return '"[Circular]"';
      }
    }
    module.exports = format;
    function format(f, args, opts) {
      var ss = opts && opts.stringify || tryStringify;
      var offset = 1;
      if (typeof f === "object" && f !== null) {
        var len = args.length + offset;
        if (len === 1) return f;
        var objects = new Array(len);
        objects[0] = ss(f);
        for (var index = 1; index < len; index++) {
          objects[index] = ss(args[index]);
        }
        return objects.join(" ");
      }
      if (typeof f !== "string") {
        return f;
      }
      var argLen = args.length;
      if (argLen === 0) return f;
      var str = "";
      var a = 1 - offset;
      var lastPos = -1;
      var flen = f && f.length || 0;
      for (var i = 0; i < flen; ) {
        if (f.charCodeAt(i) === 37 && i + 1 < flen) {
          lastPos = lastPos > -1 ? lastPos : 0;
          switch (f.charCodeAt(i + 1)) {
            case 100:
            // 'd'
            case 102:
              if (a >= argLen)
                break;
              if (args[a] == null) break;
              if (lastPos < i)
                str += f.slice(lastPos, i);
              str += Number(args[a]);
              lastPos = i + 2;
              i++;
              break;
            case 105:
              if (a >= argLen)
                break;
              if (args[a] == null) break;
              if (lastPos < i)
                str += f.slice(lastPos, i);
              str += Math.floor(Number(args[a]));
              lastPos = i + 2;
              i++;
              break;
            case 79:
            // 'O'
            case 111:
            // 'o'
            case 106:
              if (a >= argLen)
                break;
              if (args[a] === void 0) break;
              if (lastPos < i)
                str += f.slice(lastPos, i);
              var type = typeof args[a];
              if (type === "string") {
                str += "'" + args[a] + "'";
                lastPos = i + 2;
                i++;
                break;
              }
              if (type === "function") {
                str += args[a].name || "<anonymous>";
                lastPos = i + 2;
                i++;
                break;
              }
              str += ss(args[a]);
              lastPos = i + 2;
              i++;
              break;
            case 115:
              if (a >= argLen)
                break;
              if (lastPos < i)
                str += f.slice(lastPos, i);
              str += String(args[a]);
              lastPos = i + 2;
              i++;
              break;
            case 37:
              if (lastPos < i)
                str += f.slice(lastPos, i);
              str += "%";
              lastPos = i + 2;
              i++;
              a--;
              break;
          }
          ++a;
        }
        ++i;
      }
      if (lastPos === -1)
        return f;
      else if (lastPos < flen) {
        str += f.slice(lastPos);
      }
      return str;
    }
  }
});

// node_modules/sonic-boom/index.js
var require_sonic_boom = __commonJS({
  "node_modules/sonic-boom/index.js"(exports, module) {
    "use strict";
    var fs = __require("fs");
    var EventEmitter = __require("events");
    var inherits = __require("util").inherits;
    var path = __require("path");
    var sleep = require_atomic_sleep();
    var assert = __require("assert");
    var BUSY_WRITE_TIMEOUT = 100;
    var kEmptyBuffer = Buffer.allocUnsafe(0);
    var MAX_WRITE = 16 * 1024;
    var kContentModeBuffer = "buffer";
    var kContentModeUtf8 = "utf8";
    var [major, minor] = (process.versions.node || "0.0").split(".").map(Number);
    var kCopyBuffer = major >= 22 && minor >= 7;
    function openFile(file, sonic) {
      sonic._opening = true;
      sonic._writing = true;
      sonic._asyncDrainScheduled = false;
      function fileOpened(err, fd) {
        if (err) {
          sonic._reopening = false;
          sonic._writing = false;
          sonic._opening = false;
          if (sonic.sync) {
            process.nextTick(() => {
              if (sonic.listenerCount("error") > 0) {
                sonic.emit("error", err);
              }
            });
          } else {
            sonic.emit("error", err);
          }
          return;
        }
        const reopening = sonic._reopening;
        sonic.fd = fd;
        sonic.file = file;
        sonic._reopening = false;
        sonic._opening = false;
        sonic._writing = false;
        if (sonic.sync) {
          process.nextTick(() => sonic.emit("ready"));
        } else {
          sonic.emit("ready");
        }
        if (sonic.destroyed) {
          return;
        }
        if (!sonic._writing && sonic._len > sonic.minLength || sonic._flushPending) {
          sonic._actualWrite();
        } else if (reopening) {
          process.nextTick(() => sonic.emit("drain"));
        }
      }
      const flags = sonic.append ? "a" : "w";
      const mode = sonic.mode;
      if (sonic.sync) {
        try {
          if (sonic.mkdir) fs.mkdirSync(path.dirname(file), { recursive: true });
          const fd = fs.openSync(file, flags, mode);
          fileOpened(null, fd);
        } catch (err) {
          fileOpened(err);
          throw err;
        }
      } else if (sonic.mkdir) {
        fs.mkdir(path.dirname(file), { recursive: true }, (err) => {
          if (err) return fileOpened(err);
          fs.open(file, flags, mode, fileOpened);
        });
      } else {
        fs.open(file, flags, mode, fileOpened);
      }
    }
    function SonicBoom(opts) {
      if (!(this instanceof SonicBoom)) {
        return new SonicBoom(opts);
      }
      let { fd, dest, minLength: minLength2, maxLength, maxWrite, periodicFlush, sync: sync2, append = true, mkdir: mkdir4, retryEAGAIN, fsync: fsync2, contentMode, mode } = opts || {};
      fd = fd || dest;
      this._len = 0;
      this.fd = -1;
      this._bufs = [];
      this._lens = [];
      this._writing = false;
      this._ending = false;
      this._reopening = false;
      this._asyncDrainScheduled = false;
      this._flushPending = false;
      this._hwm = Math.max(minLength2 || 0, 16387);
      this.file = null;
      this.destroyed = false;
      this.minLength = minLength2 || 0;
      this.maxLength = maxLength || 0;
      this.maxWrite = maxWrite || MAX_WRITE;
      this._periodicFlush = periodicFlush || 0;
      this._periodicFlushTimer = void 0;
      this.sync = sync2 || false;
      this.writable = true;
      this._fsync = fsync2 || false;
      this.append = append || false;
      this.mode = mode;
      this.retryEAGAIN = retryEAGAIN || (() => true);
      this.mkdir = mkdir4 || false;
      let fsWriteSync;
      let fsWrite;
      if (contentMode === kContentModeBuffer) {
        this._writingBuf = kEmptyBuffer;
        this.write = writeBuffer;
        this.flush = flushBuffer;
        this.flushSync = flushBufferSync;
        this._actualWrite = actualWriteBuffer;
        fsWriteSync = () => fs.writeSync(this.fd, this._writingBuf);
        fsWrite = () => fs.write(this.fd, this._writingBuf, this.release);
      } else if (contentMode === void 0 || contentMode === kContentModeUtf8) {
        this._writingBuf = "";
        this.write = write2;
        this.flush = flush;
        this.flushSync = flushSync;
        this._actualWrite = actualWrite;
        fsWriteSync = () => {
          if (Buffer.isBuffer(this._writingBuf)) {
            return fs.writeSync(this.fd, this._writingBuf);
          }
          return fs.writeSync(this.fd, this._writingBuf, "utf8");
        };
        fsWrite = () => {
          if (Buffer.isBuffer(this._writingBuf)) {
            return fs.write(this.fd, this._writingBuf, this.release);
          }
          return fs.write(this.fd, this._writingBuf, "utf8", this.release);
        };
      } else {
        throw new Error(`SonicBoom supports "${kContentModeUtf8}" and "${kContentModeBuffer}", but passed ${contentMode}`);
      }
      if (typeof fd === "number") {
        this.fd = fd;
        process.nextTick(() => this.emit("ready"));
      } else if (typeof fd === "string") {
        openFile(fd, this);
      } else {
        throw new Error("SonicBoom supports only file descriptors and files");
      }
      if (this.minLength >= this.maxWrite) {
        throw new Error(`minLength should be smaller than maxWrite (${this.maxWrite})`);
      }
      this.release = (err, n) => {
        if (err) {
          if ((err.code === "EAGAIN" || err.code === "EBUSY") && this.retryEAGAIN(err, this._writingBuf.length, this._len - this._writingBuf.length)) {
            if (this.sync) {
              try {
                sleep(BUSY_WRITE_TIMEOUT);
                this.release(void 0, 0);
              } catch (err2) {
                this.release(err2);
              }
            } else {
              setTimeout(fsWrite, BUSY_WRITE_TIMEOUT);
            }
          } else {
            this._writing = false;
            this.emit("error", err);
          }
          return;
        }
        this.emit("write", n);
        const releasedBufObj = releaseWritingBuf(this._writingBuf, this._len, n);
        this._len = releasedBufObj.len;
        this._writingBuf = releasedBufObj.writingBuf;
        if (this._writingBuf.length) {
          if (!this.sync) {
            fsWrite();
            return;
          }
          try {
            do {
              const n2 = fsWriteSync();
              const releasedBufObj2 = releaseWritingBuf(this._writingBuf, this._len, n2);
              this._len = releasedBufObj2.len;
              this._writingBuf = releasedBufObj2.writingBuf;
            } while (this._writingBuf.length);
          } catch (err2) {
            this.release(err2);
            return;
          }
        }
        if (this._fsync) {
          fs.fsyncSync(this.fd);
        }
        const len = this._len;
        if (this._reopening) {
          this._writing = false;
          this._reopening = false;
          this.reopen();
        } else if (len > this.minLength) {
          this._actualWrite();
        } else if (this._ending) {
          if (len > 0) {
            this._actualWrite();
          } else {
            this._writing = false;
            actualClose(this);
          }
        } else {
          this._writing = false;
          if (this.sync) {
            if (!this._asyncDrainScheduled) {
              this._asyncDrainScheduled = true;
              process.nextTick(emitDrain, this);
            }
          } else {
            this.emit("drain");
          }
        }
      };
      this.on("newListener", function(name) {
        if (name === "drain") {
          this._asyncDrainScheduled = false;
        }
      });
      if (this._periodicFlush !== 0) {
        this._periodicFlushTimer = setInterval(() => this.flush(null), this._periodicFlush);
        this._periodicFlushTimer.unref();
      }
    }
    function releaseWritingBuf(writingBuf, len, n) {
      if (typeof writingBuf === "string") {
        writingBuf = Buffer.from(writingBuf);
      }
      len = Math.max(len - n, 0);
      writingBuf = writingBuf.subarray(n);
      return { writingBuf, len };
    }
    function emitDrain(sonic) {
      const hasListeners = sonic.listenerCount("drain") > 0;
      if (!hasListeners) return;
      sonic._asyncDrainScheduled = false;
      sonic.emit("drain");
    }
    inherits(SonicBoom, EventEmitter);
    function mergeBuf(bufs, len) {
      if (bufs.length === 0) {
        return kEmptyBuffer;
      }
      if (bufs.length === 1) {
        return bufs[0];
      }
      return Buffer.concat(bufs, len);
    }
    function write2(data) {
      if (this.destroyed) {
        throw new Error("SonicBoom destroyed");
      }
      data = "" + data;
      const dataLen = Buffer.byteLength(data);
      const len = this._len + dataLen;
      const bufs = this._bufs;
      if (this.maxLength && len > this.maxLength) {
        this.emit("drop", data);
        return this._len < this._hwm;
      }
      if (bufs.length === 0 || Buffer.byteLength(bufs[bufs.length - 1]) + dataLen > this.maxWrite) {
        bufs.push(data);
      } else {
        bufs[bufs.length - 1] += data;
      }
      this._len = len;
      if (!this._writing && this._len >= this.minLength) {
        this._actualWrite();
      }
      return this._len < this._hwm;
    }
    function writeBuffer(data) {
      if (this.destroyed) {
        throw new Error("SonicBoom destroyed");
      }
      const len = this._len + data.length;
      const bufs = this._bufs;
      const lens = this._lens;
      if (this.maxLength && len > this.maxLength) {
        this.emit("drop", data);
        return this._len < this._hwm;
      }
      if (bufs.length === 0 || lens[lens.length - 1] + data.length > this.maxWrite) {
        bufs.push([data]);
        lens.push(data.length);
      } else {
        bufs[bufs.length - 1].push(data);
        lens[lens.length - 1] += data.length;
      }
      this._len = len;
      if (!this._writing && this._len >= this.minLength) {
        this._actualWrite();
      }
      return this._len < this._hwm;
    }
    function callFlushCallbackOnDrain(cb) {
      this._flushPending = true;
      const onDrain = () => {
        if (!this._fsync) {
          try {
            fs.fsync(this.fd, (err) => {
              this._flushPending = false;
              cb(err);
            });
          } catch (err) {
            cb(err);
          }
        } else {
          this._flushPending = false;
          cb();
        }
        this.off("error", onError);
      };
      const onError = (err) => {
        this._flushPending = false;
        cb(err);
        this.off("drain", onDrain);
      };
      this.once("drain", onDrain);
      this.once("error", onError);
    }
    function flush(cb) {
      if (cb != null && typeof cb !== "function") {
        throw new Error("flush cb must be a function");
      }
      if (this.destroyed) {
        const error = new Error("SonicBoom destroyed");
        if (cb) {
          cb(error);
          return;
        }
        throw error;
      }
      if (this.minLength <= 0) {
        cb?.();
        return;
      }
      if (cb) {
        callFlushCallbackOnDrain.call(this, cb);
      }
      if (this._writing) {
        return;
      }
      if (this._bufs.length === 0) {
        this._bufs.push("");
      }
      this._actualWrite();
    }
    function flushBuffer(cb) {
      if (cb != null && typeof cb !== "function") {
        throw new Error("flush cb must be a function");
      }
      if (this.destroyed) {
        const error = new Error("SonicBoom destroyed");
        if (cb) {
          cb(error);
          return;
        }
        throw error;
      }
      if (this.minLength <= 0) {
        cb?.();
        return;
      }
      if (cb) {
        callFlushCallbackOnDrain.call(this, cb);
      }
      if (this._writing) {
        return;
      }
      if (this._bufs.length === 0) {
        this._bufs.push([]);
        this._lens.push(0);
      }
      this._actualWrite();
    }
    SonicBoom.prototype.reopen = function(file) {
      if (this.destroyed) {
        throw new Error("SonicBoom destroyed");
      }
      if (this._opening) {
        this.once("ready", () => {
          this.reopen(file);
        });
        return;
      }
      if (this._ending) {
        return;
      }
      if (!this.file) {
        throw new Error("Unable to reopen a file descriptor, you must pass a file to SonicBoom");
      }
      if (file) {
        this.file = file;
      }
      this._reopening = true;
      if (this._writing) {
        return;
      }
      const fd = this.fd;
      this.once("ready", () => {
        if (fd !== this.fd) {
          fs.close(fd, (err) => {
            if (err) {
              return this.emit("error", err);
            }
          });
        }
      });
      openFile(this.file, this);
    };
    SonicBoom.prototype.end = function() {
      if (this.destroyed) {
        throw new Error("SonicBoom destroyed");
      }
      if (this._opening) {
        this.once("ready", () => {
          this.end();
        });
        return;
      }
      if (this._ending) {
        return;
      }
      this._ending = true;
      if (this._writing) {
        return;
      }
      if (this._len > 0 && this.fd >= 0) {
        this._actualWrite();
      } else {
        actualClose(this);
      }
    };
    function flushSync() {
      if (this.destroyed) {
        throw new Error("SonicBoom destroyed");
      }
      if (this.fd < 0) {
        throw new Error("sonic boom is not ready yet");
      }
      if (!this._writing && this._writingBuf.length > 0) {
        this._bufs.unshift(this._writingBuf);
        this._writingBuf = "";
      }
      let buf = "";
      while (this._bufs.length || buf.length) {
        if (buf.length <= 0) {
          buf = this._bufs[0];
        }
        try {
          const n = Buffer.isBuffer(buf) ? fs.writeSync(this.fd, buf) : fs.writeSync(this.fd, buf, "utf8");
          const releasedBufObj = releaseWritingBuf(buf, this._len, n);
          buf = releasedBufObj.writingBuf;
          this._len = releasedBufObj.len;
          if (buf.length <= 0) {
            this._bufs.shift();
          }
        } catch (err) {
          const shouldRetry = err.code === "EAGAIN" || err.code === "EBUSY";
          if (shouldRetry && !this.retryEAGAIN(err, buf.length, this._len - buf.length)) {
            throw err;
          }
          sleep(BUSY_WRITE_TIMEOUT);
        }
      }
      try {
        fs.fsyncSync(this.fd);
      } catch {
      }
    }
    function flushBufferSync() {
      if (this.destroyed) {
        throw new Error("SonicBoom destroyed");
      }
      if (this.fd < 0) {
        throw new Error("sonic boom is not ready yet");
      }
      if (!this._writing && this._writingBuf.length > 0) {
        this._bufs.unshift([this._writingBuf]);
        this._writingBuf = kEmptyBuffer;
      }
      let buf = kEmptyBuffer;
      while (this._bufs.length || buf.length) {
        if (buf.length <= 0) {
          buf = mergeBuf(this._bufs[0], this._lens[0]);
        }
        try {
          const n = fs.writeSync(this.fd, buf);
          buf = buf.subarray(n);
          this._len = Math.max(this._len - n, 0);
          if (buf.length <= 0) {
            this._bufs.shift();
            this._lens.shift();
          }
        } catch (err) {
          const shouldRetry = err.code === "EAGAIN" || err.code === "EBUSY";
          if (shouldRetry && !this.retryEAGAIN(err, buf.length, this._len - buf.length)) {
            throw err;
          }
          sleep(BUSY_WRITE_TIMEOUT);
        }
      }
    }
    SonicBoom.prototype.destroy = function() {
      if (this.destroyed) {
        return;
      }
      actualClose(this);
    };
    function actualWrite() {
      const release2 = this.release;
      this._writing = true;
      this._writingBuf = this._writingBuf.length ? this._writingBuf : this._bufs.shift() || "";
      if (this.sync) {
        try {
          const written = Buffer.isBuffer(this._writingBuf) ? fs.writeSync(this.fd, this._writingBuf) : fs.writeSync(this.fd, this._writingBuf, "utf8");
          release2(null, written);
        } catch (err) {
          release2(err);
        }
      } else {
        fs.write(this.fd, this._writingBuf, release2);
      }
    }
    function actualWriteBuffer() {
      const release2 = this.release;
      this._writing = true;
      this._writingBuf = this._writingBuf.length ? this._writingBuf : mergeBuf(this._bufs.shift(), this._lens.shift());
      if (this.sync) {
        try {
          const written = fs.writeSync(this.fd, this._writingBuf);
          release2(null, written);
        } catch (err) {
          release2(err);
        }
      } else {
        if (kCopyBuffer) {
          this._writingBuf = Buffer.from(this._writingBuf);
        }
        fs.write(this.fd, this._writingBuf, release2);
      }
    }
    function actualClose(sonic) {
      if (sonic.fd === -1) {
        sonic.once("ready", actualClose.bind(null, sonic));
        return;
      }
      if (sonic._periodicFlushTimer !== void 0) {
        clearInterval(sonic._periodicFlushTimer);
      }
      sonic.destroyed = true;
      sonic._bufs = [];
      sonic._lens = [];
      assert(typeof sonic.fd === "number", `sonic.fd must be a number, got ${typeof sonic.fd}`);
      try {
        fs.fsync(sonic.fd, closeWrapped);
      } catch {
      }
      function closeWrapped() {
        if (sonic.fd !== 1 && sonic.fd !== 2) {
          fs.close(sonic.fd, done2);
        } else {
          done2();
        }
      }
      function done2(err) {
        if (err) {
          sonic.emit("error", err);
          return;
        }
        if (sonic._ending && !sonic._writing) {
          sonic.emit("finish");
        }
        sonic.emit("close");
      }
    }
    SonicBoom.SonicBoom = SonicBoom;
    SonicBoom.default = SonicBoom;
    module.exports = SonicBoom;
  }
});

// node_modules/thread-stream/package.json
var require_package = __commonJS({
  "node_modules/thread-stream/package.json"(exports, module) {
    module.exports = {
      name: "thread-stream",
      version: "4.2.1",
      description: "A streaming way to send data to a Node.js Worker Thread",
      main: "index.js",
      types: "index.d.ts",
      engines: {
        node: ">=20"
      },
      dependencies: {
        "real-require": "^1.0.0"
      },
      devDependencies: {
        "@types/node": "^26.1.1",
        "@yao-pkg/pkg": "^6.0.0",
        borp: "^1.0.0",
        desm: "^1.3.0",
        eslint: "^9.39.1",
        fastbench: "^1.0.1",
        neostandard: "^0.13.0",
        "pino-elasticsearch": "^9.0.0",
        "sonic-boom": "^5.0.0",
        "ts-node": "^10.8.0",
        tsd: "^0.33.0",
        typescript: "~5.7.3"
      },
      scripts: {
        build: "tsc --noEmit",
        lint: "eslint",
        test: 'npm run lint && npm run build && npm run test:types && npm run transpile && borp --expose-gc --pattern "test/*.test.{js,mjs}"',
        "test:ci": 'npm run lint && npm run test:types && npm run transpile && borp --expose-gc --pattern "test/*.test.{js,mjs}"',
        "test:types": "tsd",
        "test:yarn": 'npm run transpile && borp --expose-gc --pattern "test/*.test.js"',
        transpile: "sh ./test/ts/transpile.sh"
      },
      tsd: {
        directory: "test/types"
      },
      repository: {
        type: "git",
        url: "git+https://github.com/mcollina/thread-stream.git"
      },
      keywords: [
        "worker",
        "thread",
        "threads",
        "stream"
      ],
      author: "Matteo Collina <hello@matteocollina.com>",
      license: "MIT",
      bugs: {
        url: "https://github.com/mcollina/thread-stream/issues"
      },
      homepage: "https://github.com/mcollina/thread-stream#readme"
    };
  }
});

// node_modules/thread-stream/lib/wait.js
var require_wait = __commonJS({
  "node_modules/thread-stream/lib/wait.js"(exports, module) {
    "use strict";
    var WAIT_MS = 1e4;
    function wait(state, index, expected, timeout, done2) {
      const max = timeout === Infinity ? Infinity : Date.now() + timeout;
      const check3 = (previous) => {
        const current = Atomics.load(state, index);
        if (current >= expected) {
          done2(null, "ok");
          return;
        }
        if (previous !== void 0 && current !== previous) {
          done2(null, "not-equal");
          return;
        }
        if (max !== Infinity && Date.now() > max) {
          done2(null, "timed-out");
          return;
        }
        const remaining = max === Infinity ? WAIT_MS : Math.min(WAIT_MS, Math.max(1, max - Date.now()));
        const result = Atomics.waitAsync(state, index, current, remaining);
        if (result.async) {
          result.value.then((res) => {
            if (res === "ok") {
              const latest = Atomics.load(state, index);
              done2(null, latest >= expected ? "ok" : "not-equal");
              return;
            }
            check3(current);
          });
        } else {
          setImmediate(done2, null, "not-equal");
        }
      };
      check3();
    }
    function waitDiff(state, index, expected, timeout, done2) {
      const max = timeout === Infinity ? Infinity : Date.now() + timeout;
      const check3 = () => {
        const current = Atomics.load(state, index);
        if (current !== expected) {
          done2(null, "ok");
          return;
        }
        if (max !== Infinity && Date.now() > max) {
          done2(null, "timed-out");
          return;
        }
        const remaining = max === Infinity ? WAIT_MS : Math.min(WAIT_MS, Math.max(1, max - Date.now()));
        const result = Atomics.waitAsync(state, index, expected, remaining);
        if (result.async) {
          result.value.then((res) => {
            if (res === "ok") {
              done2(null, "ok");
              return;
            }
            check3();
          });
        } else {
          setImmediate(check3);
        }
      };
      check3();
    }
    module.exports = { wait, waitDiff };
  }
});

// node_modules/thread-stream/lib/indexes.js
var require_indexes = __commonJS({
  "node_modules/thread-stream/lib/indexes.js"(exports, module) {
    "use strict";
    var SEQ_INDEX = 2;
    var WRITE_INDEX = 4;
    var READ_INDEX = 8;
    module.exports = {
      WRITE_INDEX,
      READ_INDEX,
      SEQ_INDEX
    };
  }
});

// node_modules/thread-stream/index.js
var require_thread_stream = __commonJS({
  "node_modules/thread-stream/index.js"(exports, module) {
    "use strict";
    var { version: version2 } = require_package();
    var { EventEmitter } = __require("events");
    var { Worker } = __require("worker_threads");
    var { join: join11 } = __require("path");
    var { pathToFileURL } = __require("url");
    var { wait } = require_wait();
    var {
      WRITE_INDEX,
      READ_INDEX,
      SEQ_INDEX
    } = require_indexes();
    var buffer = __require("buffer");
    var assert = __require("assert");
    var kImpl = /* @__PURE__ */ Symbol("kImpl");
    var MAX_STRING = buffer.constants.MAX_STRING_LENGTH;
    function noop() {
    }
    function updateState(stream, fn) {
      Atomics.add(stream[kImpl].state, SEQ_INDEX, 1);
      fn();
      Atomics.add(stream[kImpl].state, SEQ_INDEX, 1);
      Atomics.notify(stream[kImpl].state, SEQ_INDEX);
    }
    function resetIndexes(stream) {
      updateState(stream, () => {
        Atomics.store(stream[kImpl].state, READ_INDEX, 0);
        Atomics.store(stream[kImpl].state, WRITE_INDEX, 0);
      });
      Atomics.notify(stream[kImpl].state, READ_INDEX);
    }
    var FakeWeakRef = class {
      constructor(value) {
        this._value = value;
      }
      deref() {
        return this._value;
      }
    };
    var FakeFinalizationRegistry = class {
      register() {
      }
      unregister() {
      }
    };
    var FinalizationRegistry = process.env.NODE_V8_COVERAGE ? FakeFinalizationRegistry : global.FinalizationRegistry || FakeFinalizationRegistry;
    var WeakRef = process.env.NODE_V8_COVERAGE ? FakeWeakRef : global.WeakRef || FakeWeakRef;
    var registry = new FinalizationRegistry((worker) => {
      if (worker.exited) {
        return;
      }
      worker.terminate();
    });
    function createWorker(stream, opts) {
      const { filename, workerData } = opts;
      const bundlerOverrides = "__bundlerPathsOverrides" in globalThis ? globalThis.__bundlerPathsOverrides : {};
      const toExecute = bundlerOverrides["thread-stream-worker"] || join11(__dirname, "lib", "worker.js");
      const worker = new Worker(toExecute, {
        ...opts.workerOpts,
        name: opts.workerOpts?.name || "thread-stream",
        trackUnmanagedFds: false,
        workerData: {
          filename: filename.indexOf("file://") === 0 ? filename : pathToFileURL(filename).href,
          dataBuf: stream[kImpl].dataBuf,
          stateBuf: stream[kImpl].stateBuf,
          workerData: {
            $context: {
              threadStreamVersion: version2
            },
            ...workerData
          }
        }
      });
      worker.stream = new FakeWeakRef(stream);
      worker.on("message", onWorkerMessage);
      worker.on("exit", onWorkerExit);
      registry.register(stream, worker);
      return worker;
    }
    function drain(stream) {
      assert(!stream[kImpl].sync);
      if (stream[kImpl].needDrain) {
        stream[kImpl].needDrain = false;
        stream.emit("drain");
      }
    }
    function nextFlush(stream) {
      while (true) {
        const writeIndex = Atomics.load(stream[kImpl].state, WRITE_INDEX);
        if (stream.destroyed || writeIndex < 0) {
          return;
        }
        const leftover = stream[kImpl].data.length - writeIndex;
        if (leftover > 0) {
          if (stream[kImpl].bufLen === 0) {
            stream[kImpl].flushing = false;
            if (stream[kImpl].ending) {
              end2(stream);
            } else if (stream[kImpl].needDrain) {
              process.nextTick(drain, stream);
            }
            return;
          }
          write2(stream, leftover, noop);
          continue;
        }
        if (leftover === 0) {
          if (writeIndex === 0 && stream[kImpl].bufLen === 0) {
            return;
          }
          waitForRead(stream, () => {
            if (stream.destroyed) {
              return;
            }
            resetIndexes(stream);
            nextFlush(stream);
          });
          return;
        }
        destroy(stream, new Error("overwritten"));
        return;
      }
    }
    function onWorkerMessage(msg) {
      const stream = this.stream.deref();
      if (stream === void 0) {
        this.exited = true;
        this.terminate();
        return;
      }
      if (msg?.code == null) {
        return;
      }
      switch (msg.code) {
        case "READY":
          if (!stream[kImpl].ending) {
            this.stream = new WeakRef(stream);
          }
          waitForRead(stream, () => {
            stream[kImpl].ready = true;
            stream.emit("ready");
          });
          break;
        case "ERROR":
          destroy(stream, msg.err);
          break;
        case "EVENT":
          if (Array.isArray(msg.args)) {
            stream.emit(msg.name, ...msg.args);
          } else {
            stream.emit(msg.name, msg.args);
          }
          break;
        case "FLUSHED": {
          if (msg.context !== "thread-stream") {
            destroy(stream, new Error("this should not happen: " + msg.code));
            break;
          }
          const cb = stream[kImpl].flushCallbacks.get(msg.id);
          if (cb) {
            stream[kImpl].flushCallbacks.delete(msg.id);
            process.nextTick(cb);
          }
          break;
        }
        case "WARNING":
          process.emitWarning(msg.err);
          break;
        default:
          destroy(stream, new Error("this should not happen: " + msg.code));
      }
    }
    function onWorkerExit(code) {
      const stream = this.stream.deref();
      if (stream === void 0) {
        return;
      }
      registry.unregister(stream);
      stream.worker.exited = true;
      stream.worker.off("exit", onWorkerExit);
      destroy(stream, code !== 0 ? new Error("the worker thread exited") : null);
    }
    var ThreadStream = class extends EventEmitter {
      constructor(opts = {}) {
        super();
        if (opts.bufferSize < 4) {
          throw new Error("bufferSize must at least fit a 4-byte utf-8 char");
        }
        this[kImpl] = {};
        this[kImpl].stateBuf = new SharedArrayBuffer(128);
        this[kImpl].state = new Int32Array(this[kImpl].stateBuf);
        this[kImpl].dataBuf = new SharedArrayBuffer(opts.bufferSize || 4 * 1024 * 1024);
        this[kImpl].data = Buffer.from(this[kImpl].dataBuf);
        this[kImpl].sync = opts.sync || false;
        this[kImpl].ending = false;
        this[kImpl].ended = false;
        this[kImpl].needDrain = false;
        this[kImpl].destroyed = false;
        this[kImpl].flushing = false;
        this[kImpl].ready = false;
        this[kImpl].finished = false;
        this[kImpl].errored = null;
        this[kImpl].closed = false;
        this[kImpl].buf = [];
        this[kImpl].bufHead = 0;
        this[kImpl].bufLen = 0;
        this[kImpl].flushCallbacks = /* @__PURE__ */ new Map();
        this[kImpl].nextFlushId = 0;
        this[kImpl].flushRetainCount = 0;
        this[kImpl].userRef = true;
        this.worker = createWorker(this, opts);
        this.on("message", (message, transferList) => {
          this.worker.postMessage(message, transferList);
        });
      }
      write(data) {
        const dataBuf = Buffer.isBuffer(data) ? data : Buffer.from(data);
        if (this[kImpl].destroyed) {
          error(this, new Error("the worker has exited"));
          return false;
        }
        if (this[kImpl].ending) {
          error(this, new Error("the worker is ending"));
          return false;
        }
        if (this[kImpl].flushing && this[kImpl].bufLen + dataBuf.length >= MAX_STRING) {
          try {
            writeSync2(this);
            this[kImpl].flushing = true;
          } catch (err) {
            destroy(this, err);
            return false;
          }
        }
        this[kImpl].buf.push(dataBuf);
        this[kImpl].bufLen += dataBuf.length;
        if (this[kImpl].sync) {
          try {
            writeSync2(this);
            return true;
          } catch (err) {
            destroy(this, err);
            return false;
          }
        }
        if (!this[kImpl].flushing) {
          this[kImpl].flushing = true;
          setImmediate(nextFlush, this);
        }
        this[kImpl].needDrain = this[kImpl].data.length - this[kImpl].bufLen - Atomics.load(this[kImpl].state, WRITE_INDEX) <= 0;
        return !this[kImpl].needDrain;
      }
      end() {
        if (this[kImpl].destroyed) {
          return;
        }
        this[kImpl].ending = true;
        this.worker.stream = new FakeWeakRef(this);
        end2(this);
      }
      flush(cb) {
        const userCb = typeof cb === "function" ? cb : null;
        cb = userCb || noop;
        if (userCb) {
          retainWorkerForPendingFlush(this);
        }
        let finished = false;
        const done2 = (err) => {
          if (finished) {
            return;
          }
          finished = true;
          if (userCb) {
            releaseWorkerForPendingFlush(this);
          }
          cb(err);
        };
        flushBuffer(this, (err) => {
          if (err) {
            process.nextTick(done2, err);
            return;
          }
          requestWorkerFlush(this, done2);
        });
      }
      flushSync() {
        if (this[kImpl].destroyed) {
          return;
        }
        writeSync2(this);
        flushSync(this);
      }
      unref() {
        this[kImpl].userRef = false;
        if (this[kImpl].flushRetainCount === 0) {
          this.worker.unref();
        }
      }
      ref() {
        this[kImpl].userRef = true;
        this.worker.ref();
      }
      get ready() {
        return this[kImpl].ready;
      }
      get destroyed() {
        return this[kImpl].destroyed;
      }
      get closed() {
        return this[kImpl].closed;
      }
      get writable() {
        return !this[kImpl].destroyed && !this[kImpl].ending;
      }
      get writableEnded() {
        return this[kImpl].ending;
      }
      get writableFinished() {
        return this[kImpl].finished;
      }
      get writableNeedDrain() {
        return this[kImpl].needDrain;
      }
      get writableObjectMode() {
        return false;
      }
      get writableErrored() {
        return this[kImpl].errored;
      }
    };
    function flushBuffer(stream, cb) {
      if (stream[kImpl].destroyed) {
        process.nextTick(cb, new Error("the worker has exited"));
        return;
      }
      if (!stream[kImpl].sync && (stream[kImpl].flushing || stream[kImpl].bufLen > 0)) {
        setImmediate(flushBuffer, stream, cb);
        return;
      }
      waitForRead(stream, cb);
    }
    function waitForRead(stream, cb) {
      const writeIndex = Atomics.load(stream[kImpl].state, WRITE_INDEX);
      wait(stream[kImpl].state, READ_INDEX, writeIndex, Infinity, (err, res) => {
        if (err) {
          destroy(stream, err);
          cb(err);
          return;
        }
        if (res !== "ok") {
          waitForRead(stream, cb);
          return;
        }
        cb();
      });
    }
    function retainWorkerForPendingFlush(stream) {
      if (stream[kImpl].flushRetainCount === 0) {
        stream.worker.ref();
      }
      stream[kImpl].flushRetainCount++;
    }
    function releaseWorkerForPendingFlush(stream) {
      if (stream[kImpl].flushRetainCount === 0) {
        return;
      }
      stream[kImpl].flushRetainCount--;
      if (stream[kImpl].flushRetainCount === 0 && !stream[kImpl].userRef) {
        stream.worker.unref();
      }
    }
    function requestWorkerFlush(stream, cb) {
      if (stream[kImpl].destroyed) {
        process.nextTick(cb, new Error("the worker has exited"));
        return;
      }
      if (!stream[kImpl].ready) {
        const onReady = () => {
          cleanup();
          requestWorkerFlush(stream, cb);
        };
        const onClose = () => {
          cleanup();
          process.nextTick(cb, new Error("the worker has exited"));
        };
        const cleanup = () => {
          stream.off("ready", onReady);
          stream.off("close", onClose);
        };
        stream.once("ready", onReady);
        stream.once("close", onClose);
        return;
      }
      const id = ++stream[kImpl].nextFlushId;
      stream[kImpl].flushCallbacks.set(id, cb);
      try {
        stream.worker.postMessage({
          code: "FLUSH",
          context: "thread-stream",
          id
        });
      } catch (err) {
        stream[kImpl].flushCallbacks.delete(id);
        destroy(stream, err);
        process.nextTick(cb, err);
      }
    }
    function failPendingFlushCallbacks(stream, err) {
      const callbacks = stream[kImpl].flushCallbacks;
      if (callbacks.size === 0) {
        return;
      }
      const flushErr = err || new Error("the worker has exited");
      for (const cb of callbacks.values()) {
        process.nextTick(cb, flushErr);
      }
      callbacks.clear();
    }
    function error(stream, err) {
      setImmediate(() => {
        stream.emit("error", err);
      });
    }
    function destroy(stream, err) {
      if (stream[kImpl].destroyed) {
        return;
      }
      stream[kImpl].destroyed = true;
      failPendingFlushCallbacks(stream, err);
      if (err) {
        stream[kImpl].errored = err;
        error(stream, err);
      }
      if (!stream.worker.exited) {
        stream.worker.terminate().catch(() => {
        }).then(() => {
          stream[kImpl].closed = true;
          stream.emit("close");
        });
      } else {
        setImmediate(() => {
          stream[kImpl].closed = true;
          stream.emit("close");
        });
      }
    }
    function write2(stream, maxBytes2, cb) {
      const current = Atomics.load(stream[kImpl].state, WRITE_INDEX);
      let offset = current;
      let remaining = maxBytes2;
      while (remaining > 0 && stream[kImpl].bufLen !== 0) {
        const head = stream[kImpl].bufHead;
        const buf = stream[kImpl].buf[head];
        if (buf.length <= remaining) {
          buf.copy(stream[kImpl].data, offset);
          offset += buf.length;
          remaining -= buf.length;
          stream[kImpl].bufLen -= buf.length;
          stream[kImpl].bufHead = head + 1;
          if (stream[kImpl].bufHead === stream[kImpl].buf.length) {
            stream[kImpl].buf.length = 0;
            stream[kImpl].bufHead = 0;
          } else if (stream[kImpl].bufHead >= 1024 && stream[kImpl].bufHead * 2 >= stream[kImpl].buf.length) {
            stream[kImpl].buf.splice(0, stream[kImpl].bufHead);
            stream[kImpl].bufHead = 0;
          }
          continue;
        }
        buf.copy(stream[kImpl].data, offset, 0, remaining);
        stream[kImpl].buf[head] = buf.subarray(remaining);
        stream[kImpl].bufLen -= remaining;
        offset += remaining;
        remaining = 0;
      }
      updateState(stream, () => {
        Atomics.store(stream[kImpl].state, WRITE_INDEX, offset);
      });
      cb();
      return true;
    }
    function end2(stream) {
      if (stream[kImpl].ended || !stream[kImpl].ending || stream[kImpl].flushing) {
        return;
      }
      stream[kImpl].ended = true;
      try {
        stream.flushSync();
        let readIndex = Atomics.load(stream[kImpl].state, READ_INDEX);
        updateState(stream, () => {
          Atomics.store(stream[kImpl].state, WRITE_INDEX, -1);
        });
        let spins = 0;
        while (readIndex !== -1) {
          Atomics.wait(stream[kImpl].state, READ_INDEX, readIndex, 1e3);
          readIndex = Atomics.load(stream[kImpl].state, READ_INDEX);
          if (readIndex === -2) {
            destroy(stream, new Error("end() failed"));
            return;
          }
          if (++spins === 10) {
            destroy(stream, new Error("end() took too long (10s)"));
            return;
          }
        }
        process.nextTick(() => {
          stream[kImpl].finished = true;
          stream.emit("finish");
        });
      } catch (err) {
        destroy(stream, err);
      }
    }
    function writeSync2(stream) {
      const cb = () => {
        if (stream[kImpl].ending) {
          end2(stream);
        } else if (stream[kImpl].needDrain) {
          process.nextTick(drain, stream);
        }
      };
      stream[kImpl].flushing = false;
      while (stream[kImpl].bufLen !== 0) {
        const writeIndex = Atomics.load(stream[kImpl].state, WRITE_INDEX);
        if (writeIndex < 0) {
          throw new Error("_writeSync failed");
        }
        const leftover = stream[kImpl].data.length - writeIndex;
        if (leftover === 0) {
          flushSync(stream);
          resetIndexes(stream);
          continue;
        } else if (leftover < 0) {
          throw new Error("overwritten");
        }
        write2(stream, leftover, cb);
      }
    }
    function flushSync(stream) {
      if (stream[kImpl].flushing) {
        throw new Error("unable to flush while flushing");
      }
      const writeIndex = Atomics.load(stream[kImpl].state, WRITE_INDEX);
      let spins = 0;
      while (true) {
        const readIndex = Atomics.load(stream[kImpl].state, READ_INDEX);
        if (readIndex === -2) {
          throw Error("_flushSync failed");
        }
        if (readIndex !== writeIndex) {
          Atomics.wait(stream[kImpl].state, READ_INDEX, readIndex, 1e3);
        } else {
          break;
        }
        if (++spins === 10) {
          throw new Error("_flushSync took too long (10s)");
        }
      }
    }
    module.exports = ThreadStream;
  }
});

// node_modules/pino/lib/transport.js
var require_transport = __commonJS({
  "node_modules/pino/lib/transport.js"(exports, module) {
    "use strict";
    var { createRequire } = __require("module");
    var { existsSync: existsSync3 } = __require("node:fs");
    var getCallers = require_caller();
    var { join: join11, isAbsolute, sep: sep2 } = __require("node:path");
    var { fileURLToPath: fileURLToPath2 } = __require("node:url");
    var sleep = require_atomic_sleep();
    var onExit = require_on_exit_leak_free();
    var ThreadStream = require_thread_stream();
    var { transportUsesMultistreamSym } = require_symbols();
    function setupOnExit(stream) {
      onExit.register(stream, autoEnd);
      onExit.registerBeforeExit(stream, flush);
      stream.on("close", function() {
        onExit.unregister(stream);
      });
    }
    function hasPreloadFlags() {
      const execArgv = process.execArgv;
      for (let i = 0; i < execArgv.length; i++) {
        const arg = execArgv[i];
        if (arg === "--import" || arg === "--require" || arg === "-r") {
          return true;
        }
        if (arg.startsWith("--import=") || arg.startsWith("--require=") || arg.startsWith("-r=")) {
          return true;
        }
      }
      return false;
    }
    function sanitizeNodeOptions(nodeOptions2) {
      const tokens = nodeOptions2.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g);
      if (!tokens) {
        return nodeOptions2;
      }
      const sanitized = [];
      let changed = false;
      for (let i = 0; i < tokens.length; i++) {
        const token = tokens[i];
        if (token === "--require" || token === "-r" || token === "--import") {
          const next = tokens[i + 1];
          if (next && shouldDropPreload(next)) {
            changed = true;
            i++;
            continue;
          }
          sanitized.push(token);
          if (next) {
            sanitized.push(next);
            i++;
          }
          continue;
        }
        if (token.startsWith("--require=") || token.startsWith("-r=") || token.startsWith("--import=")) {
          const value = token.slice(token.indexOf("=") + 1);
          if (shouldDropPreload(value)) {
            changed = true;
            continue;
          }
        }
        sanitized.push(token);
      }
      return changed ? sanitized.join(" ") : nodeOptions2;
    }
    function shouldDropPreload(value) {
      const unquoted = stripQuotes(value);
      if (!unquoted) {
        return false;
      }
      let path = unquoted;
      if (path.startsWith("file://")) {
        try {
          path = fileURLToPath2(path);
        } catch {
          return false;
        }
      }
      return isAbsolute(path) && !existsSync3(path);
    }
    function stripQuotes(value) {
      const first = value[0];
      const last = value[value.length - 1];
      if (first === '"' && last === '"' || first === "'" && last === "'") {
        return value.slice(1, -1);
      }
      return value;
    }
    function buildStream(filename, workerData, workerOpts, sync2, name) {
      if (!workerOpts.execArgv && hasPreloadFlags() && __require.main === void 0) {
        workerOpts = {
          ...workerOpts,
          execArgv: []
        };
      }
      if (!workerOpts.env && process.env.NODE_OPTIONS) {
        const nodeOptions2 = sanitizeNodeOptions(process.env.NODE_OPTIONS);
        if (nodeOptions2 !== process.env.NODE_OPTIONS) {
          workerOpts = {
            ...workerOpts,
            env: {
              ...process.env,
              NODE_OPTIONS: nodeOptions2
            }
          };
        }
      }
      workerOpts = { ...workerOpts, name };
      const stream = new ThreadStream({
        filename,
        workerData,
        workerOpts,
        sync: sync2
      });
      stream.on("ready", onReady);
      stream.on("close", function() {
        process.removeListener("exit", onExit2);
      });
      process.on("exit", onExit2);
      function onReady() {
        process.removeListener("exit", onExit2);
        stream.unref();
        if (workerOpts.autoEnd !== false) {
          setupOnExit(stream);
        }
      }
      function onExit2() {
        if (stream.closed) {
          return;
        }
        stream.flushSync();
        sleep(100);
        stream.end();
      }
      return stream;
    }
    function autoEnd(stream) {
      stream.ref();
      stream.flushSync();
      stream.end();
      stream.once("close", function() {
        stream.unref();
      });
    }
    function flush(stream) {
      stream.flushSync();
    }
    function transport(fullOptions) {
      const { pipeline: pipeline2, targets, levels, dedupe, worker = {}, caller = getCallers(), sync: sync2 = false } = fullOptions;
      const options = {
        ...fullOptions.options
      };
      let usesMultistream = false;
      const callers = typeof caller === "string" ? [caller] : caller;
      const bundlerOverrides = typeof globalThis === "object" && Object.prototype.hasOwnProperty.call(globalThis, "__bundlerPathsOverrides") && globalThis.__bundlerPathsOverrides && typeof globalThis.__bundlerPathsOverrides === "object" ? globalThis.__bundlerPathsOverrides : /* @__PURE__ */ Object.create(null);
      let target = fullOptions.target;
      if (target && targets) {
        throw new Error("only one of target or targets can be specified");
      }
      if (targets) {
        target = bundlerOverrides["pino-worker"] || join11(__dirname, "worker.js");
        options.targets = targets.filter((dest) => dest.target).map((dest) => {
          return {
            ...dest,
            target: fixTarget(dest.target)
          };
        });
        options.pipelines = targets.filter((dest) => dest.pipeline).map((dest) => {
          return dest.pipeline.map((t) => {
            return {
              ...t,
              level: dest.level,
              // duplicate the pipeline `level` property defined in the upper level
              target: fixTarget(t.target)
            };
          });
        });
        const targetsHaveLevel = options.targets.some((t) => t.level != null);
        const pipelinesHaveLevel = options.pipelines.some((p) => p.some((t) => t.level != null));
        usesMultistream = options.targets.length + options.pipelines.length > 1 || targetsHaveLevel || pipelinesHaveLevel;
      } else if (pipeline2) {
        target = bundlerOverrides["pino-worker"] || join11(__dirname, "worker.js");
        options.pipelines = [pipeline2.map((dest) => {
          return {
            ...dest,
            target: fixTarget(dest.target)
          };
        })];
      }
      if (levels) {
        options.levels = levels;
      }
      if (dedupe) {
        options.dedupe = dedupe;
      }
      options.pinoWillSendConfig = true;
      const name = targets || pipeline2 ? "pino.transport" : target;
      const stream = buildStream(fixTarget(target), options, worker, sync2, name);
      if (usesMultistream) {
        stream[transportUsesMultistreamSym] = true;
      }
      return stream;
      function fixTarget(origin) {
        origin = bundlerOverrides[origin] || origin;
        if (isAbsolute(origin) || origin.indexOf("file://") === 0) {
          return origin;
        }
        if (origin === "pino/file") {
          return join11(__dirname, "..", "file.js");
        }
        let fixTarget2;
        for (const filePath of callers) {
          try {
            const context = filePath === "node:repl" ? process.cwd() + sep2 : filePath;
            fixTarget2 = createRequire(context).resolve(origin);
            break;
          } catch (err) {
            continue;
          }
        }
        if (!fixTarget2) {
          throw new Error(`unable to determine transport target for "${origin}"`);
        }
        return fixTarget2;
      }
    }
    module.exports = transport;
  }
});

// node_modules/pino/lib/tools.js
var require_tools = __commonJS({
  "node_modules/pino/lib/tools.js"(exports, module) {
    "use strict";
    var diagChan = __require("node:diagnostics_channel");
    var format = require_quick_format_unescaped();
    var { mapHttpRequest, mapHttpResponse } = require_pino_std_serializers();
    var SonicBoom = require_sonic_boom();
    var onExit = require_on_exit_leak_free();
    var {
      lsCacheSym,
      chindingsSym,
      writeSym,
      serializersSym,
      formatOptsSym,
      endSym,
      stringifiersSym,
      stringifySym,
      stringifySafeSym,
      wildcardFirstSym,
      nestedKeySym,
      formattersSym,
      messageKeySym,
      errorKeySym,
      nestedKeyStrSym,
      msgPrefixSym
    } = require_symbols();
    var { isMainThread } = __require("worker_threads");
    var transport = require_transport();
    var [nodeMajor] = process.versions.node.split(".").map((v) => Number(v));
    var asJsonChan = diagChan.tracingChannel("pino_asJson");
    var asString = nodeMajor >= 25 ? (str) => JSON.stringify(str) : _asString;
    function noop() {
    }
    function genLog(level, hook) {
      if (!hook) return LOG;
      return function hookWrappedLog(...args) {
        hook.call(this, args, LOG, level);
      };
      function LOG(o, ...n) {
        if (typeof o === "object") {
          let msg = o;
          if (o !== null) {
            if (o.method && o.headers && o.socket) {
              o = mapHttpRequest(o);
            } else if (typeof o.setHeader === "function") {
              o = mapHttpResponse(o);
            }
          }
          let formatParams;
          if (msg === null && n.length === 0) {
            formatParams = [null];
          } else {
            msg = n.shift();
            formatParams = n;
          }
          if (typeof this[msgPrefixSym] === "string" && msg !== void 0 && msg !== null) {
            msg = this[msgPrefixSym] + msg;
          }
          this[writeSym](o, format(msg, formatParams, this[formatOptsSym]), level);
        } else {
          let msg = o === void 0 ? n.shift() : o;
          if (typeof this[msgPrefixSym] === "string" && msg !== void 0 && msg !== null) {
            msg = this[msgPrefixSym] + msg;
          }
          this[writeSym](null, format(msg, n, this[formatOptsSym]), level);
        }
      }
    }
    function _asString(str) {
      let result = "";
      let last = 0;
      let found = false;
      let point = 255;
      const l = str.length;
      if (l > 100) {
        return JSON.stringify(str);
      }
      for (var i = 0; i < l && point >= 32; i++) {
        point = str.charCodeAt(i);
        if (point === 34 || point === 92) {
          result += str.slice(last, i) + "\\";
          last = i;
          found = true;
        }
      }
      if (!found) {
        result = str;
      } else {
        result += str.slice(last);
      }
      return point < 32 ? JSON.stringify(str) : '"' + result + '"';
    }
    function asJson(obj, msg, num, time) {
      if (asJsonChan.hasSubscribers === false) {
        return _asJson.call(this, obj, msg, num, time);
      }
      const store = { instance: this, arguments };
      return asJsonChan.traceSync(_asJson, store, this, obj, msg, num, time);
    }
    function _asJson(obj, msg, num, time) {
      const stringify2 = this[stringifySym];
      const stringifySafe = this[stringifySafeSym];
      const stringifiers = this[stringifiersSym];
      const end2 = this[endSym];
      const chindings = this[chindingsSym];
      const serializers = this[serializersSym];
      const formatters = this[formattersSym];
      const messageKey = this[messageKeySym];
      const errorKey = this[errorKeySym];
      let data = this[lsCacheSym][num] + time;
      data = data + chindings;
      let value;
      if (formatters.log) {
        obj = formatters.log(obj);
      }
      const wildcardStringifier = stringifiers[wildcardFirstSym];
      let propStr = "";
      for (const key in obj) {
        value = obj[key];
        if (Object.prototype.hasOwnProperty.call(obj, key) && value !== void 0) {
          if (serializers[key]) {
            value = serializers[key](value);
          } else if (key === errorKey && serializers.err) {
            value = serializers.err(value);
          }
          const stringifier = stringifiers[key] || wildcardStringifier;
          switch (typeof value) {
            case "undefined":
            case "function":
              continue;
            case "number":
              if (Number.isFinite(value) === false) {
                value = null;
              }
            // this case explicitly falls through to the next one
            case "boolean":
              if (stringifier) value = stringifier(value);
              break;
            case "string":
              value = (stringifier || asString)(value);
              break;
            default:
              value = (stringifier || stringify2)(value, stringifySafe);
          }
          if (value === void 0) continue;
          const strKey = asString(key);
          propStr += "," + strKey + ":" + value;
        }
      }
      let msgStr = "";
      if (msg !== void 0) {
        value = serializers[messageKey] ? serializers[messageKey](msg) : msg;
        const stringifier = stringifiers[messageKey] || wildcardStringifier;
        switch (typeof value) {
          case "function":
            break;
          case "number":
            if (Number.isFinite(value) === false) {
              value = null;
            }
          // this case explicitly falls through to the next one
          case "boolean":
            if (stringifier) value = stringifier(value);
            msgStr = ',"' + messageKey + '":' + value;
            break;
          case "string":
            value = (stringifier || asString)(value);
            msgStr = ',"' + messageKey + '":' + value;
            break;
          default:
            value = (stringifier || stringify2)(value, stringifySafe);
            msgStr = ',"' + messageKey + '":' + value;
        }
      }
      if (this[nestedKeySym] && propStr) {
        return data + this[nestedKeyStrSym] + propStr.slice(1) + "}" + msgStr + end2;
      } else {
        return data + propStr + msgStr + end2;
      }
    }
    function asChindings(instance, bindings) {
      let value;
      let data = instance[chindingsSym];
      const stringify2 = instance[stringifySym];
      const stringifySafe = instance[stringifySafeSym];
      const stringifiers = instance[stringifiersSym];
      const wildcardStringifier = stringifiers[wildcardFirstSym];
      const serializers = instance[serializersSym];
      const formatter = instance[formattersSym].bindings;
      bindings = formatter(bindings);
      for (const key in bindings) {
        value = bindings[key];
        const valid = (key.length < 5 || key !== "level" && key !== "serializers" && key !== "formatters" && key !== "customLevels") && bindings.hasOwnProperty(key) && value !== void 0;
        if (valid === true) {
          value = serializers[key] ? serializers[key](value) : value;
          value = (stringifiers[key] || wildcardStringifier || stringify2)(value, stringifySafe);
          if (value === void 0) continue;
          data += "," + asString(key) + ":" + value;
        }
      }
      return data;
    }
    function hasBeenTampered(stream) {
      return stream.write !== stream.constructor.prototype.write;
    }
    function buildSafeSonicBoom(opts) {
      const stream = new SonicBoom(opts);
      stream.on("error", filterBrokenPipe);
      if (!opts.sync && isMainThread) {
        onExit.register(stream, autoEnd);
        stream.on("close", function() {
          onExit.unregister(stream);
        });
      }
      return stream;
      function filterBrokenPipe(err) {
        if (err.code === "EPIPE") {
          stream.write = noop;
          stream.end = noop;
          stream.flushSync = noop;
          stream.destroy = noop;
          return;
        }
        stream.removeListener("error", filterBrokenPipe);
        stream.emit("error", err);
      }
    }
    function autoEnd(stream, eventName) {
      if (stream.destroyed) {
        return;
      }
      if (eventName === "beforeExit") {
        stream.flush();
        stream.on("drain", function() {
          stream.end();
        });
      } else {
        stream.flushSync();
      }
    }
    function createArgsNormalizer(defaultOptions) {
      return function normalizeArgs(instance, caller, opts = {}, stream) {
        if (typeof opts === "string") {
          stream = buildSafeSonicBoom({ dest: opts });
          opts = {};
        } else if (typeof stream === "string") {
          if (opts && opts.transport) {
            throw Error("only one of option.transport or stream can be specified");
          }
          stream = buildSafeSonicBoom({ dest: stream });
        } else if (opts instanceof SonicBoom || opts.writable || opts._writableState) {
          stream = opts;
          opts = {};
        } else if (opts.transport) {
          if (opts.transport instanceof SonicBoom || opts.transport.writable || opts.transport._writableState) {
            throw Error("option.transport do not allow stream, please pass to option directly. e.g. pino(transport)");
          }
          if (opts.transport.targets && opts.transport.targets.length && opts.formatters && typeof opts.formatters.level === "function") {
            throw Error("option.transport.targets do not allow custom level formatters");
          }
          let customLevels;
          if (opts.customLevels) {
            customLevels = opts.useOnlyCustomLevels ? opts.customLevels : Object.assign({}, opts.levels, opts.customLevels);
          }
          stream = transport({ caller, ...opts.transport, levels: customLevels });
        }
        opts = Object.assign({}, defaultOptions, opts);
        opts.serializers = Object.assign(/* @__PURE__ */ Object.create(null), defaultOptions.serializers, opts.serializers);
        opts.formatters = Object.assign({}, defaultOptions.formatters, opts.formatters);
        if (opts.prettyPrint) {
          throw new Error("prettyPrint option is no longer supported, see the pino-pretty package (https://github.com/pinojs/pino-pretty)");
        }
        const { enabled, onChild } = opts;
        if (enabled === false) opts.level = "silent";
        if (!onChild) opts.onChild = noop;
        if (!stream) {
          if (!hasBeenTampered(process.stdout)) {
            stream = buildSafeSonicBoom({ fd: process.stdout.fd || 1 });
          } else {
            stream = process.stdout;
          }
        }
        return { opts, stream };
      };
    }
    function stringify(obj, stringifySafeFn) {
      try {
        return JSON.stringify(obj);
      } catch (_) {
        try {
          const stringify2 = stringifySafeFn || this[stringifySafeSym];
          return stringify2(obj);
        } catch (_2) {
          return '"[unable to serialize, circular reference is too complex to analyze]"';
        }
      }
    }
    function buildFormatters(level, bindings, log) {
      return {
        level,
        bindings,
        log
      };
    }
    function normalizeDestFileDescriptor(destination) {
      const fd = Number(destination);
      if (typeof destination === "string" && Number.isFinite(fd)) {
        return fd;
      }
      if (destination === void 0) {
        return 1;
      }
      return destination;
    }
    module.exports = {
      noop,
      buildSafeSonicBoom,
      asChindings,
      asJson,
      genLog,
      createArgsNormalizer,
      stringify,
      buildFormatters,
      normalizeDestFileDescriptor
    };
  }
});

// node_modules/pino/lib/constants.js
var require_constants = __commonJS({
  "node_modules/pino/lib/constants.js"(exports, module) {
    var DEFAULT_LEVELS = {
      trace: 10,
      debug: 20,
      info: 30,
      warn: 40,
      error: 50,
      fatal: 60
    };
    var SORTING_ORDER = {
      ASC: "ASC",
      DESC: "DESC"
    };
    module.exports = {
      DEFAULT_LEVELS,
      SORTING_ORDER
    };
  }
});

// node_modules/pino/lib/levels.js
var require_levels = __commonJS({
  "node_modules/pino/lib/levels.js"(exports, module) {
    "use strict";
    var {
      lsCacheSym,
      levelValSym,
      useOnlyCustomLevelsSym,
      streamSym,
      formattersSym,
      hooksSym,
      levelCompSym
    } = require_symbols();
    var { noop, genLog } = require_tools();
    var { DEFAULT_LEVELS, SORTING_ORDER } = require_constants();
    var levelMethods = {
      fatal: (hook) => {
        const logFatal = genLog(DEFAULT_LEVELS.fatal, hook);
        return function(...args) {
          const stream = this[streamSym];
          logFatal.call(this, ...args);
          if (typeof stream.flushSync === "function") {
            try {
              stream.flushSync();
            } catch (e) {
            }
          }
        };
      },
      error: (hook) => genLog(DEFAULT_LEVELS.error, hook),
      warn: (hook) => genLog(DEFAULT_LEVELS.warn, hook),
      info: (hook) => genLog(DEFAULT_LEVELS.info, hook),
      debug: (hook) => genLog(DEFAULT_LEVELS.debug, hook),
      trace: (hook) => genLog(DEFAULT_LEVELS.trace, hook)
    };
    var nums = Object.keys(DEFAULT_LEVELS).reduce((o, k) => {
      o[DEFAULT_LEVELS[k]] = k;
      return o;
    }, {});
    var initialLsCache = Object.keys(nums).reduce((o, k) => {
      o[k] = '{"level":' + Number(k);
      return o;
    }, {});
    function genLsCache(instance) {
      const formatter = instance[formattersSym].level;
      const { labels } = instance.levels;
      const cache = {};
      for (const label in labels) {
        const level = formatter(labels[label], Number(label));
        cache[label] = JSON.stringify(level).slice(0, -1);
      }
      instance[lsCacheSym] = cache;
      return instance;
    }
    function isStandardLevel(level, useOnlyCustomLevels) {
      if (useOnlyCustomLevels) {
        return false;
      }
      switch (level) {
        case "fatal":
        case "error":
        case "warn":
        case "info":
        case "debug":
        case "trace":
          return true;
        default:
          return false;
      }
    }
    function setLevel(level) {
      const { labels, values } = this.levels;
      if (typeof level === "number") {
        if (labels[level] === void 0) throw Error("unknown level value" + level);
        level = labels[level];
      }
      if (values[level] === void 0) throw Error("unknown level " + level);
      const preLevelVal = this[levelValSym];
      const levelVal = this[levelValSym] = values[level];
      const useOnlyCustomLevelsVal = this[useOnlyCustomLevelsSym];
      const levelComparison = this[levelCompSym];
      const hook = this[hooksSym].logMethod;
      for (const key in values) {
        if (levelComparison(values[key], levelVal) === false) {
          this[key] = noop;
          continue;
        }
        this[key] = isStandardLevel(key, useOnlyCustomLevelsVal) ? levelMethods[key](hook) : genLog(values[key], hook);
      }
      this.emit(
        "level-change",
        level,
        levelVal,
        labels[preLevelVal],
        preLevelVal,
        this
      );
    }
    function getLevel(level) {
      const { levels, levelVal } = this;
      return levels && levels.labels ? levels.labels[levelVal] : "";
    }
    function isLevelEnabled(logLevel) {
      const { values } = this.levels;
      const logLevelVal = values[logLevel];
      return logLevelVal !== void 0 && this[levelCompSym](logLevelVal, this[levelValSym]);
    }
    function compareLevel(direction, current, expected) {
      if (direction === SORTING_ORDER.DESC) {
        return current <= expected;
      }
      return current >= expected;
    }
    function genLevelComparison(levelComparison) {
      if (typeof levelComparison === "string") {
        return compareLevel.bind(null, levelComparison);
      }
      return levelComparison;
    }
    function mappings(customLevels = null, useOnlyCustomLevels = false) {
      const customNums = customLevels ? Object.keys(customLevels).reduce((o, k) => {
        o[customLevels[k]] = k;
        return o;
      }, {}) : null;
      const labels = Object.assign(
        Object.create(Object.prototype, { Infinity: { value: "silent" } }),
        useOnlyCustomLevels ? null : nums,
        customNums
      );
      const values = Object.assign(
        Object.create(Object.prototype, { silent: { value: Infinity } }),
        useOnlyCustomLevels ? null : DEFAULT_LEVELS,
        customLevels
      );
      return { labels, values };
    }
    function assertDefaultLevelFound(defaultLevel, customLevels, useOnlyCustomLevels) {
      if (typeof defaultLevel === "number") {
        const values = [].concat(
          Object.keys(customLevels || {}).map((key) => customLevels[key]),
          useOnlyCustomLevels ? [] : Object.keys(nums).map((level) => +level),
          Infinity
        );
        if (!values.includes(defaultLevel)) {
          throw Error(`default level:${defaultLevel} must be included in custom levels`);
        }
        return;
      }
      const labels = Object.assign(
        Object.create(Object.prototype, { silent: { value: Infinity } }),
        useOnlyCustomLevels ? null : DEFAULT_LEVELS,
        customLevels
      );
      if (!(defaultLevel in labels)) {
        throw Error(`default level:${defaultLevel} must be included in custom levels`);
      }
    }
    function assertNoLevelCollisions(levels, customLevels) {
      const { labels, values } = levels;
      for (const k in customLevels) {
        if (k in values) {
          throw Error("levels cannot be overridden");
        }
        if (customLevels[k] in labels) {
          throw Error("pre-existing level values cannot be used for new levels");
        }
      }
    }
    function assertLevelComparison(levelComparison) {
      if (typeof levelComparison === "function") {
        return;
      }
      if (typeof levelComparison === "string" && Object.values(SORTING_ORDER).includes(levelComparison)) {
        return;
      }
      throw new Error('Levels comparison should be one of "ASC", "DESC" or "function" type');
    }
    module.exports = {
      initialLsCache,
      genLsCache,
      levelMethods,
      getLevel,
      setLevel,
      isLevelEnabled,
      mappings,
      assertNoLevelCollisions,
      assertDefaultLevelFound,
      genLevelComparison,
      assertLevelComparison
    };
  }
});

// node_modules/pino/lib/meta.js
var require_meta = __commonJS({
  "node_modules/pino/lib/meta.js"(exports, module) {
    "use strict";
    module.exports = { version: "10.4.0" };
  }
});

// node_modules/pino/lib/proto.js
var require_proto = __commonJS({
  "node_modules/pino/lib/proto.js"(exports, module) {
    "use strict";
    var { EventEmitter } = __require("node:events");
    var {
      lsCacheSym,
      levelValSym,
      setLevelSym,
      getLevelSym,
      chindingsSym,
      mixinSym,
      asJsonSym,
      writeSym,
      mixinMergeStrategySym,
      timeSym,
      timeSliceIndexSym,
      streamSym,
      serializersSym,
      formattersSym,
      errorKeySym,
      messageKeySym,
      useOnlyCustomLevelsSym,
      needsMetadataGsym,
      redactFmtSym,
      stringifySym,
      formatOptsSym,
      stringifiersSym,
      msgPrefixSym,
      hooksSym
    } = require_symbols();
    var {
      getLevel,
      setLevel,
      isLevelEnabled,
      mappings,
      initialLsCache,
      genLsCache,
      assertNoLevelCollisions
    } = require_levels();
    var {
      asChindings,
      asJson,
      buildFormatters,
      stringify,
      noop
    } = require_tools();
    var {
      version: version2
    } = require_meta();
    var redaction = require_redaction();
    var constructor = class Pino {
    };
    var prototype = {
      constructor,
      child,
      bindings,
      setBindings,
      flush,
      isLevelEnabled,
      version: version2,
      get level() {
        return this[getLevelSym]();
      },
      set level(lvl) {
        this[setLevelSym](lvl);
      },
      get levelVal() {
        return this[levelValSym];
      },
      set levelVal(n) {
        throw Error("levelVal is read-only");
      },
      get msgPrefix() {
        return this[msgPrefixSym];
      },
      get [Symbol.toStringTag]() {
        return "Pino";
      },
      [lsCacheSym]: initialLsCache,
      [writeSym]: write2,
      [asJsonSym]: asJson,
      [getLevelSym]: getLevel,
      [setLevelSym]: setLevel
    };
    Object.setPrototypeOf(prototype, EventEmitter.prototype);
    module.exports = function() {
      return Object.create(prototype);
    };
    var resetChildingsFormatter = (bindings2) => bindings2;
    function child(bindings2, options) {
      if (!bindings2) {
        throw Error("missing bindings for child Pino");
      }
      const serializers = this[serializersSym];
      const formatters = this[formattersSym];
      const instance = Object.create(this);
      if (options == null) {
        if (instance[formattersSym].bindings !== resetChildingsFormatter) {
          instance[formattersSym] = buildFormatters(
            formatters.level,
            resetChildingsFormatter,
            formatters.log
          );
        }
        instance[chindingsSym] = asChindings(instance, bindings2);
        if (this.onChild !== noop) {
          this.onChild(instance);
        }
        return instance;
      }
      if (options.hasOwnProperty("serializers") === true) {
        instance[serializersSym] = /* @__PURE__ */ Object.create(null);
        for (const k in serializers) {
          instance[serializersSym][k] = serializers[k];
        }
        const parentSymbols = Object.getOwnPropertySymbols(serializers);
        for (var i = 0; i < parentSymbols.length; i++) {
          const ks = parentSymbols[i];
          instance[serializersSym][ks] = serializers[ks];
        }
        for (const bk in options.serializers) {
          instance[serializersSym][bk] = options.serializers[bk];
        }
        const bindingsSymbols = Object.getOwnPropertySymbols(options.serializers);
        for (var bi = 0; bi < bindingsSymbols.length; bi++) {
          const bks = bindingsSymbols[bi];
          instance[serializersSym][bks] = options.serializers[bks];
        }
      } else instance[serializersSym] = serializers;
      if (options.hasOwnProperty("formatters")) {
        const { level, bindings: chindings, log } = options.formatters;
        instance[formattersSym] = buildFormatters(
          level || formatters.level,
          chindings || resetChildingsFormatter,
          log || formatters.log
        );
      } else {
        instance[formattersSym] = buildFormatters(
          formatters.level,
          resetChildingsFormatter,
          formatters.log
        );
      }
      if (options.hasOwnProperty("customLevels") === true) {
        assertNoLevelCollisions(this.levels, options.customLevels);
        instance.levels = mappings(options.customLevels, instance[useOnlyCustomLevelsSym]);
        genLsCache(instance);
      }
      if (typeof options.redact === "object" && options.redact !== null || Array.isArray(options.redact)) {
        instance.redact = options.redact;
        const stringifiers = redaction(instance.redact, stringify);
        const formatOpts = { stringify: stringifiers[redactFmtSym] };
        instance[stringifySym] = stringify;
        instance[stringifiersSym] = stringifiers;
        instance[formatOptsSym] = formatOpts;
      }
      if (typeof options.msgPrefix === "string") {
        instance[msgPrefixSym] = (this[msgPrefixSym] || "") + options.msgPrefix;
      }
      instance[chindingsSym] = asChindings(instance, bindings2);
      if (options.level !== void 0 && options.level !== this.level || options.hasOwnProperty("customLevels")) {
        const childLevel = options.level || this.level;
        instance[setLevelSym](childLevel);
      }
      this.onChild(instance);
      return instance;
    }
    function bindings() {
      const chindings = this[chindingsSym];
      const chindingsJson = `{${chindings.substr(1)}}`;
      const bindingsFromJson = JSON.parse(chindingsJson);
      delete bindingsFromJson.pid;
      delete bindingsFromJson.hostname;
      return bindingsFromJson;
    }
    function setBindings(newBindings) {
      const chindings = asChindings(this, newBindings);
      this[chindingsSym] = chindings;
    }
    function defaultMixinMergeStrategy(mergeObject, mixinObject) {
      return Object.assign(mixinObject, mergeObject);
    }
    function write2(_obj, msg, num) {
      const t = this[timeSym]();
      const mixin = this[mixinSym];
      const errorKey = this[errorKeySym];
      const messageKey = this[messageKeySym];
      const mixinMergeStrategy = this[mixinMergeStrategySym] || defaultMixinMergeStrategy;
      let obj;
      const streamWriteHook = this[hooksSym].streamWrite;
      if (_obj === void 0 || _obj === null) {
        obj = {};
      } else if (_obj instanceof Error) {
        obj = { [errorKey]: _obj };
        if (msg === void 0) {
          msg = _obj.message;
        }
      } else {
        obj = _obj;
        if (msg === void 0 && _obj[messageKey] === void 0 && _obj[errorKey]) {
          msg = _obj[errorKey].message;
        }
      }
      if (mixin) {
        obj = mixinMergeStrategy(obj, mixin(obj, num, this));
      }
      const s = this[asJsonSym](obj, msg, num, t);
      const stream = this[streamSym];
      if (stream[needsMetadataGsym] === true) {
        stream.lastLevel = num;
        stream.lastObj = obj;
        stream.lastMsg = msg;
        stream.lastTime = t.slice(this[timeSliceIndexSym]);
        stream.lastLogger = this;
      }
      stream.write(streamWriteHook ? streamWriteHook(s) : s);
    }
    function flush(cb) {
      if (cb != null && typeof cb !== "function") {
        throw Error("callback must be a function");
      }
      const stream = this[streamSym];
      if (typeof stream.flush === "function") {
        stream.flush(cb || noop);
      } else if (cb) cb();
    }
  }
});

// node_modules/safe-stable-stringify/index.js
var require_safe_stable_stringify = __commonJS({
  "node_modules/safe-stable-stringify/index.js"(exports, module) {
    "use strict";
    var { hasOwnProperty } = Object.prototype;
    var stringify = configure();
    stringify.configure = configure;
    stringify.stringify = stringify;
    stringify.default = stringify;
    exports.stringify = stringify;
    exports.configure = configure;
    module.exports = stringify;
    var strEscapeSequencesRegExp = /[\u0000-\u001f\u0022\u005c\ud800-\udfff]/;
    function strEscape(str) {
      if (str.length < 5e3 && !strEscapeSequencesRegExp.test(str)) {
        return `"${str}"`;
      }
      return JSON.stringify(str);
    }
    function sort(array2, comparator) {
      if (array2.length > 200 || comparator) {
        return array2.sort(comparator);
      }
      for (let i = 1; i < array2.length; i++) {
        const currentValue = array2[i];
        let position = i;
        while (position !== 0 && array2[position - 1] > currentValue) {
          array2[position] = array2[position - 1];
          position--;
        }
        array2[position] = currentValue;
      }
      return array2;
    }
    var typedArrayPrototypeGetSymbolToStringTag = Object.getOwnPropertyDescriptor(
      Object.getPrototypeOf(
        Object.getPrototypeOf(
          new Int8Array()
        )
      ),
      Symbol.toStringTag
    ).get;
    function isTypedArrayWithEntries(value) {
      return typedArrayPrototypeGetSymbolToStringTag.call(value) !== void 0 && value.length !== 0;
    }
    function stringifyTypedArray(array2, separator, maximumBreadth) {
      if (array2.length < maximumBreadth) {
        maximumBreadth = array2.length;
      }
      const whitespace = separator === "," ? "" : " ";
      let res = `"0":${whitespace}${array2[0]}`;
      for (let i = 1; i < maximumBreadth; i++) {
        res += `${separator}"${i}":${whitespace}${array2[i]}`;
      }
      return res;
    }
    function getCircularValueOption(options) {
      if (hasOwnProperty.call(options, "circularValue")) {
        const circularValue = options.circularValue;
        if (typeof circularValue === "string") {
          return `"${circularValue}"`;
        }
        if (circularValue == null) {
          return circularValue;
        }
        if (circularValue === Error || circularValue === TypeError) {
          return {
            toString() {
              throw new TypeError("Converting circular structure to JSON");
            }
          };
        }
        throw new TypeError('The "circularValue" argument must be of type string or the value null or undefined');
      }
      return '"[Circular]"';
    }
    function getDeterministicOption(options) {
      let value;
      if (hasOwnProperty.call(options, "deterministic")) {
        value = options.deterministic;
        if (typeof value !== "boolean" && typeof value !== "function") {
          throw new TypeError('The "deterministic" argument must be of type boolean or comparator function');
        }
      }
      return value === void 0 ? true : value;
    }
    function getBooleanOption(options, key) {
      let value;
      if (hasOwnProperty.call(options, key)) {
        value = options[key];
        if (typeof value !== "boolean") {
          throw new TypeError(`The "${key}" argument must be of type boolean`);
        }
      }
      return value === void 0 ? true : value;
    }
    function getPositiveIntegerOption(options, key) {
      let value;
      if (hasOwnProperty.call(options, key)) {
        value = options[key];
        if (typeof value !== "number") {
          throw new TypeError(`The "${key}" argument must be of type number`);
        }
        if (!Number.isInteger(value)) {
          throw new TypeError(`The "${key}" argument must be an integer`);
        }
        if (value < 1) {
          throw new RangeError(`The "${key}" argument must be >= 1`);
        }
      }
      return value === void 0 ? Infinity : value;
    }
    function getItemCount(number2) {
      if (number2 === 1) {
        return "1 item";
      }
      return `${number2} items`;
    }
    function getUniqueReplacerSet(replacerArray) {
      const replacerSet = /* @__PURE__ */ new Set();
      for (const value of replacerArray) {
        if (typeof value === "string" || typeof value === "number") {
          replacerSet.add(String(value));
        }
      }
      return replacerSet;
    }
    function getStrictOption(options) {
      if (hasOwnProperty.call(options, "strict")) {
        const value = options.strict;
        if (typeof value !== "boolean") {
          throw new TypeError('The "strict" argument must be of type boolean');
        }
        if (value) {
          return (value2) => {
            let message = `Object can not safely be stringified. Received type ${typeof value2}`;
            if (typeof value2 !== "function") message += ` (${value2.toString()})`;
            throw new Error(message);
          };
        }
      }
    }
    function configure(options) {
      options = { ...options };
      const fail = getStrictOption(options);
      if (fail) {
        if (options.bigint === void 0) {
          options.bigint = false;
        }
        if (!("circularValue" in options)) {
          options.circularValue = Error;
        }
      }
      const circularValue = getCircularValueOption(options);
      const bigint = getBooleanOption(options, "bigint");
      const deterministic = getDeterministicOption(options);
      const comparator = typeof deterministic === "function" ? deterministic : void 0;
      const maximumDepth = getPositiveIntegerOption(options, "maximumDepth");
      const maximumBreadth = getPositiveIntegerOption(options, "maximumBreadth");
      function stringifyFnReplacer(key, parent, stack, replacer, spacer, indentation) {
        let value = parent[key];
        if (typeof value === "object" && value !== null && typeof value.toJSON === "function") {
          value = value.toJSON(key);
        }
        value = replacer.call(parent, key, value);
        switch (typeof value) {
          case "string":
            return strEscape(value);
          case "object": {
            if (value === null) {
              return "null";
            }
            if (stack.indexOf(value) !== -1) {
              return circularValue;
            }
            let res = "";
            let join11 = ",";
            const originalIndentation = indentation;
            if (Array.isArray(value)) {
              if (value.length === 0) {
                return "[]";
              }
              if (maximumDepth < stack.length + 1) {
                return '"[Array]"';
              }
              stack.push(value);
              if (spacer !== "") {
                indentation += spacer;
                res += `
${indentation}`;
                join11 = `,
${indentation}`;
              }
              const maximumValuesToStringify = Math.min(value.length, maximumBreadth);
              let i = 0;
              for (; i < maximumValuesToStringify - 1; i++) {
                const tmp2 = stringifyFnReplacer(String(i), value, stack, replacer, spacer, indentation);
                res += tmp2 !== void 0 ? tmp2 : "null";
                res += join11;
              }
              const tmp = stringifyFnReplacer(String(i), value, stack, replacer, spacer, indentation);
              res += tmp !== void 0 ? tmp : "null";
              if (value.length - 1 > maximumBreadth) {
                const removedKeys = value.length - maximumBreadth - 1;
                res += `${join11}"... ${getItemCount(removedKeys)} not stringified"`;
              }
              if (spacer !== "") {
                res += `
${originalIndentation}`;
              }
              stack.pop();
              return `[${res}]`;
            }
            let keys = Object.keys(value);
            const keyLength = keys.length;
            if (keyLength === 0) {
              return "{}";
            }
            if (maximumDepth < stack.length + 1) {
              return '"[Object]"';
            }
            let whitespace = "";
            let separator = "";
            if (spacer !== "") {
              indentation += spacer;
              join11 = `,
${indentation}`;
              whitespace = " ";
            }
            const maximumPropertiesToStringify = Math.min(keyLength, maximumBreadth);
            if (deterministic && !isTypedArrayWithEntries(value)) {
              keys = sort(keys, comparator);
            }
            stack.push(value);
            for (let i = 0; i < maximumPropertiesToStringify; i++) {
              const key2 = keys[i];
              const tmp = stringifyFnReplacer(key2, value, stack, replacer, spacer, indentation);
              if (tmp !== void 0) {
                res += `${separator}${strEscape(key2)}:${whitespace}${tmp}`;
                separator = join11;
              }
            }
            if (keyLength > maximumBreadth) {
              const removedKeys = keyLength - maximumBreadth;
              res += `${separator}"...":${whitespace}"${getItemCount(removedKeys)} not stringified"`;
              separator = join11;
            }
            if (spacer !== "" && separator.length > 1) {
              res = `
${indentation}${res}
${originalIndentation}`;
            }
            stack.pop();
            return `{${res}}`;
          }
          case "number":
            return isFinite(value) ? String(value) : fail ? fail(value) : "null";
          case "boolean":
            return value === true ? "true" : "false";
          case "undefined":
            return void 0;
          case "bigint":
            if (bigint) {
              return String(value);
            }
          // fallthrough
          default:
            return fail ? fail(value) : void 0;
        }
      }
      function stringifyArrayReplacer(key, value, stack, replacer, spacer, indentation) {
        if (typeof value === "object" && value !== null && typeof value.toJSON === "function") {
          value = value.toJSON(key);
        }
        switch (typeof value) {
          case "string":
            return strEscape(value);
          case "object": {
            if (value === null) {
              return "null";
            }
            if (stack.indexOf(value) !== -1) {
              return circularValue;
            }
            const originalIndentation = indentation;
            let res = "";
            let join11 = ",";
            if (Array.isArray(value)) {
              if (value.length === 0) {
                return "[]";
              }
              if (maximumDepth < stack.length + 1) {
                return '"[Array]"';
              }
              stack.push(value);
              if (spacer !== "") {
                indentation += spacer;
                res += `
${indentation}`;
                join11 = `,
${indentation}`;
              }
              const maximumValuesToStringify = Math.min(value.length, maximumBreadth);
              let i = 0;
              for (; i < maximumValuesToStringify - 1; i++) {
                const tmp2 = stringifyArrayReplacer(String(i), value[i], stack, replacer, spacer, indentation);
                res += tmp2 !== void 0 ? tmp2 : "null";
                res += join11;
              }
              const tmp = stringifyArrayReplacer(String(i), value[i], stack, replacer, spacer, indentation);
              res += tmp !== void 0 ? tmp : "null";
              if (value.length - 1 > maximumBreadth) {
                const removedKeys = value.length - maximumBreadth - 1;
                res += `${join11}"... ${getItemCount(removedKeys)} not stringified"`;
              }
              if (spacer !== "") {
                res += `
${originalIndentation}`;
              }
              stack.pop();
              return `[${res}]`;
            }
            stack.push(value);
            let whitespace = "";
            if (spacer !== "") {
              indentation += spacer;
              join11 = `,
${indentation}`;
              whitespace = " ";
            }
            let separator = "";
            for (const key2 of replacer) {
              const tmp = stringifyArrayReplacer(key2, value[key2], stack, replacer, spacer, indentation);
              if (tmp !== void 0) {
                res += `${separator}${strEscape(key2)}:${whitespace}${tmp}`;
                separator = join11;
              }
            }
            if (spacer !== "" && separator.length > 1) {
              res = `
${indentation}${res}
${originalIndentation}`;
            }
            stack.pop();
            return `{${res}}`;
          }
          case "number":
            return isFinite(value) ? String(value) : fail ? fail(value) : "null";
          case "boolean":
            return value === true ? "true" : "false";
          case "undefined":
            return void 0;
          case "bigint":
            if (bigint) {
              return String(value);
            }
          // fallthrough
          default:
            return fail ? fail(value) : void 0;
        }
      }
      function stringifyIndent(key, value, stack, spacer, indentation) {
        switch (typeof value) {
          case "string":
            return strEscape(value);
          case "object": {
            if (value === null) {
              return "null";
            }
            if (typeof value.toJSON === "function") {
              value = value.toJSON(key);
              if (typeof value !== "object") {
                return stringifyIndent(key, value, stack, spacer, indentation);
              }
              if (value === null) {
                return "null";
              }
            }
            if (stack.indexOf(value) !== -1) {
              return circularValue;
            }
            const originalIndentation = indentation;
            if (Array.isArray(value)) {
              if (value.length === 0) {
                return "[]";
              }
              if (maximumDepth < stack.length + 1) {
                return '"[Array]"';
              }
              stack.push(value);
              indentation += spacer;
              let res2 = `
${indentation}`;
              const join12 = `,
${indentation}`;
              const maximumValuesToStringify = Math.min(value.length, maximumBreadth);
              let i = 0;
              for (; i < maximumValuesToStringify - 1; i++) {
                const tmp2 = stringifyIndent(String(i), value[i], stack, spacer, indentation);
                res2 += tmp2 !== void 0 ? tmp2 : "null";
                res2 += join12;
              }
              const tmp = stringifyIndent(String(i), value[i], stack, spacer, indentation);
              res2 += tmp !== void 0 ? tmp : "null";
              if (value.length - 1 > maximumBreadth) {
                const removedKeys = value.length - maximumBreadth - 1;
                res2 += `${join12}"... ${getItemCount(removedKeys)} not stringified"`;
              }
              res2 += `
${originalIndentation}`;
              stack.pop();
              return `[${res2}]`;
            }
            let keys = Object.keys(value);
            const keyLength = keys.length;
            if (keyLength === 0) {
              return "{}";
            }
            if (maximumDepth < stack.length + 1) {
              return '"[Object]"';
            }
            indentation += spacer;
            const join11 = `,
${indentation}`;
            let res = "";
            let separator = "";
            let maximumPropertiesToStringify = Math.min(keyLength, maximumBreadth);
            if (isTypedArrayWithEntries(value)) {
              res += stringifyTypedArray(value, join11, maximumBreadth);
              keys = keys.slice(value.length);
              maximumPropertiesToStringify -= value.length;
              separator = join11;
            }
            if (deterministic) {
              keys = sort(keys, comparator);
            }
            stack.push(value);
            for (let i = 0; i < maximumPropertiesToStringify; i++) {
              const key2 = keys[i];
              const tmp = stringifyIndent(key2, value[key2], stack, spacer, indentation);
              if (tmp !== void 0) {
                res += `${separator}${strEscape(key2)}: ${tmp}`;
                separator = join11;
              }
            }
            if (keyLength > maximumBreadth) {
              const removedKeys = keyLength - maximumBreadth;
              res += `${separator}"...": "${getItemCount(removedKeys)} not stringified"`;
              separator = join11;
            }
            if (separator !== "") {
              res = `
${indentation}${res}
${originalIndentation}`;
            }
            stack.pop();
            return `{${res}}`;
          }
          case "number":
            return isFinite(value) ? String(value) : fail ? fail(value) : "null";
          case "boolean":
            return value === true ? "true" : "false";
          case "undefined":
            return void 0;
          case "bigint":
            if (bigint) {
              return String(value);
            }
          // fallthrough
          default:
            return fail ? fail(value) : void 0;
        }
      }
      function stringifySimple(key, value, stack) {
        switch (typeof value) {
          case "string":
            return strEscape(value);
          case "object": {
            if (value === null) {
              return "null";
            }
            if (typeof value.toJSON === "function") {
              value = value.toJSON(key);
              if (typeof value !== "object") {
                return stringifySimple(key, value, stack);
              }
              if (value === null) {
                return "null";
              }
            }
            if (stack.indexOf(value) !== -1) {
              return circularValue;
            }
            let res = "";
            const hasLength = value.length !== void 0;
            if (hasLength && Array.isArray(value)) {
              if (value.length === 0) {
                return "[]";
              }
              if (maximumDepth < stack.length + 1) {
                return '"[Array]"';
              }
              stack.push(value);
              const maximumValuesToStringify = Math.min(value.length, maximumBreadth);
              let i = 0;
              for (; i < maximumValuesToStringify - 1; i++) {
                const tmp2 = stringifySimple(String(i), value[i], stack);
                res += tmp2 !== void 0 ? tmp2 : "null";
                res += ",";
              }
              const tmp = stringifySimple(String(i), value[i], stack);
              res += tmp !== void 0 ? tmp : "null";
              if (value.length - 1 > maximumBreadth) {
                const removedKeys = value.length - maximumBreadth - 1;
                res += `,"... ${getItemCount(removedKeys)} not stringified"`;
              }
              stack.pop();
              return `[${res}]`;
            }
            let keys = Object.keys(value);
            const keyLength = keys.length;
            if (keyLength === 0) {
              return "{}";
            }
            if (maximumDepth < stack.length + 1) {
              return '"[Object]"';
            }
            let separator = "";
            let maximumPropertiesToStringify = Math.min(keyLength, maximumBreadth);
            if (hasLength && isTypedArrayWithEntries(value)) {
              res += stringifyTypedArray(value, ",", maximumBreadth);
              keys = keys.slice(value.length);
              maximumPropertiesToStringify -= value.length;
              separator = ",";
            }
            if (deterministic) {
              keys = sort(keys, comparator);
            }
            stack.push(value);
            for (let i = 0; i < maximumPropertiesToStringify; i++) {
              const key2 = keys[i];
              const tmp = stringifySimple(key2, value[key2], stack);
              if (tmp !== void 0) {
                res += `${separator}${strEscape(key2)}:${tmp}`;
                separator = ",";
              }
            }
            if (keyLength > maximumBreadth) {
              const removedKeys = keyLength - maximumBreadth;
              res += `${separator}"...":"${getItemCount(removedKeys)} not stringified"`;
            }
            stack.pop();
            return `{${res}}`;
          }
          case "number":
            return isFinite(value) ? String(value) : fail ? fail(value) : "null";
          case "boolean":
            return value === true ? "true" : "false";
          case "undefined":
            return void 0;
          case "bigint":
            if (bigint) {
              return String(value);
            }
          // fallthrough
          default:
            return fail ? fail(value) : void 0;
        }
      }
      function stringify2(value, replacer, space) {
        if (arguments.length > 1) {
          let spacer = "";
          if (typeof space === "number") {
            spacer = " ".repeat(Math.min(space, 10));
          } else if (typeof space === "string") {
            spacer = space.slice(0, 10);
          }
          if (replacer != null) {
            if (typeof replacer === "function") {
              return stringifyFnReplacer("", { "": value }, [], replacer, spacer, "");
            }
            if (Array.isArray(replacer)) {
              return stringifyArrayReplacer("", value, [], getUniqueReplacerSet(replacer), spacer, "");
            }
          }
          if (spacer.length !== 0) {
            return stringifyIndent("", value, [], spacer, "");
          }
        }
        return stringifySimple("", value, []);
      }
      return stringify2;
    }
  }
});

// node_modules/pino/lib/multistream.js
var require_multistream = __commonJS({
  "node_modules/pino/lib/multistream.js"(exports, module) {
    "use strict";
    var metadata = /* @__PURE__ */ Symbol.for("pino.metadata");
    var { DEFAULT_LEVELS } = require_constants();
    var DEFAULT_INFO_LEVEL = DEFAULT_LEVELS.info;
    function multistream(streamsArray, opts) {
      streamsArray = streamsArray || [];
      opts = opts || { dedupe: false };
      const streamLevels = Object.create(DEFAULT_LEVELS);
      streamLevels.silent = Infinity;
      if (opts.levels && typeof opts.levels === "object") {
        Object.keys(opts.levels).forEach((i) => {
          streamLevels[i] = opts.levels[i];
        });
      }
      const res = {
        write: write2,
        add,
        remove,
        emit,
        flushSync,
        end: end2,
        minLevel: 0,
        lastId: 0,
        streams: [],
        clone,
        [metadata]: true,
        streamLevels
      };
      if (Array.isArray(streamsArray)) {
        streamsArray.forEach(add, res);
      } else {
        add.call(res, streamsArray);
      }
      streamsArray = null;
      return res;
      function write2(data) {
        let dest;
        const level = typeof this.lastLevel === "string" ? (this.streamLevels || streamLevels)[this.lastLevel] : this.lastLevel;
        const { streams } = this;
        let recordedLevel = 0;
        let stream;
        for (let i = initLoopVar(streams.length, opts.dedupe); checkLoopVar(i, streams.length, opts.dedupe); i = adjustLoopVar(i, opts.dedupe)) {
          dest = streams[i];
          if (dest.level <= level) {
            if (recordedLevel !== 0 && recordedLevel !== dest.level) {
              break;
            }
            stream = dest.stream;
            if (stream[metadata]) {
              const { lastTime, lastMsg, lastObj, lastLogger } = this;
              stream.lastLevel = level;
              stream.lastTime = lastTime;
              stream.lastMsg = lastMsg;
              stream.lastObj = lastObj;
              stream.lastLogger = lastLogger;
            }
            stream.write(data);
            if (opts.dedupe) {
              recordedLevel = dest.level;
            }
          } else if (!opts.dedupe) {
            break;
          }
        }
      }
      function emit(...args) {
        for (const { stream } of this.streams) {
          if (typeof stream.emit === "function") {
            stream.emit(...args);
          }
        }
      }
      function flushSync() {
        for (const { stream } of this.streams) {
          if (typeof stream.flushSync === "function") {
            stream.flushSync();
          }
        }
      }
      function add(dest) {
        if (!dest) {
          return this;
        }
        const isStream = typeof dest.write === "function" || dest.stream;
        const stream_ = dest.write ? dest : dest.stream;
        if (!isStream) {
          throw Error("stream object needs to implement either StreamEntry or DestinationStream interface");
        }
        const { streams, streamLevels: streamLevels2 } = this;
        let level;
        if (typeof dest.levelVal === "number") {
          level = dest.levelVal;
        } else if (typeof dest.level === "string") {
          level = streamLevels2[dest.level];
        } else if (typeof dest.level === "number") {
          level = dest.level;
        } else {
          level = DEFAULT_INFO_LEVEL;
        }
        const dest_ = {
          stream: stream_,
          level,
          levelVal: void 0,
          id: ++res.lastId
        };
        streams.unshift(dest_);
        streams.sort(compareByLevel);
        this.minLevel = streams[0].level;
        return this;
      }
      function remove(id) {
        const { streams } = this;
        const index = streams.findIndex((s) => s.id === id);
        if (index >= 0) {
          streams.splice(index, 1);
          streams.sort(compareByLevel);
          this.minLevel = streams.length > 0 ? streams[0].level : -1;
        }
        return this;
      }
      function end2() {
        for (const { stream } of this.streams) {
          if (typeof stream.flushSync === "function") {
            stream.flushSync();
          }
          stream.end();
        }
      }
      function clone(level) {
        const streams = new Array(this.streams.length);
        for (let i = 0; i < streams.length; i++) {
          streams[i] = {
            level,
            stream: this.streams[i].stream
          };
        }
        return {
          write: write2,
          add,
          remove,
          emit,
          flushSync,
          end: end2,
          minLevel: level,
          streams,
          clone,
          [metadata]: true,
          streamLevels
        };
      }
    }
    function compareByLevel(a, b) {
      return a.level - b.level;
    }
    function initLoopVar(length, dedupe) {
      return dedupe ? length - 1 : 0;
    }
    function adjustLoopVar(i, dedupe) {
      return dedupe ? i - 1 : i + 1;
    }
    function checkLoopVar(i, length, dedupe) {
      return dedupe ? i >= 0 : i < length;
    }
    module.exports = multistream;
  }
});

// node_modules/pino/pino.js
var require_pino = __commonJS({
  "node_modules/pino/pino.js"(exports, module) {
    "use strict";
    var os = __require("node:os");
    var stdSerializers = require_pino_std_serializers();
    var caller = require_caller();
    var redaction = require_redaction();
    var time = require_time();
    var proto = require_proto();
    var symbols = require_symbols();
    var { configure } = require_safe_stable_stringify();
    var { assertDefaultLevelFound, mappings, genLsCache, genLevelComparison, assertLevelComparison } = require_levels();
    var { DEFAULT_LEVELS, SORTING_ORDER } = require_constants();
    var {
      createArgsNormalizer,
      asChindings,
      buildSafeSonicBoom,
      buildFormatters,
      stringify,
      normalizeDestFileDescriptor,
      noop
    } = require_tools();
    var { version: version2 } = require_meta();
    var {
      chindingsSym,
      redactFmtSym,
      serializersSym,
      timeSym,
      timeSliceIndexSym,
      streamSym,
      stringifySym,
      stringifySafeSym,
      stringifiersSym,
      setLevelSym,
      endSym,
      formatOptsSym,
      messageKeySym,
      errorKeySym,
      nestedKeySym,
      mixinSym,
      levelCompSym,
      useOnlyCustomLevelsSym,
      formattersSym,
      hooksSym,
      nestedKeyStrSym,
      mixinMergeStrategySym,
      msgPrefixSym,
      transportUsesMultistreamSym
    } = symbols;
    var { epochTime, nullTime } = time;
    var { pid } = process;
    var hostname3 = os.hostname();
    var defaultErrorSerializer = stdSerializers.err;
    var defaultOptions = {
      level: "info",
      levelComparison: SORTING_ORDER.ASC,
      levels: DEFAULT_LEVELS,
      messageKey: "msg",
      errorKey: "err",
      nestedKey: null,
      enabled: true,
      base: { pid, hostname: hostname3 },
      serializers: Object.assign(/* @__PURE__ */ Object.create(null), {
        err: defaultErrorSerializer
      }),
      formatters: Object.assign(/* @__PURE__ */ Object.create(null), {
        bindings(bindings) {
          return bindings;
        },
        level(label, number2) {
          return { level: number2 };
        }
      }),
      hooks: {
        logMethod: void 0,
        streamWrite: void 0
      },
      timestamp: epochTime,
      name: void 0,
      redact: null,
      customLevels: null,
      useOnlyCustomLevels: false,
      depthLimit: 5,
      edgeLimit: 100
    };
    var normalize = createArgsNormalizer(defaultOptions);
    var serializers = Object.assign(/* @__PURE__ */ Object.create(null), stdSerializers);
    function pino2(...args) {
      const instance = {};
      const { opts, stream } = normalize(instance, caller(), ...args);
      if (opts.level && typeof opts.level === "string" && DEFAULT_LEVELS[opts.level.toLowerCase()] !== void 0) opts.level = opts.level.toLowerCase();
      const {
        redact,
        crlf,
        serializers: serializers2,
        timestamp: timestamp2,
        messageKey,
        errorKey,
        nestedKey,
        base,
        name,
        level,
        customLevels,
        levelComparison,
        mixin,
        mixinMergeStrategy,
        useOnlyCustomLevels,
        formatters,
        hooks,
        depthLimit,
        edgeLimit,
        onChild,
        msgPrefix
      } = opts;
      const stringifySafe = configure({
        maximumDepth: depthLimit,
        maximumBreadth: edgeLimit
      });
      const allFormatters = buildFormatters(
        formatters.level,
        formatters.bindings,
        formatters.log
      );
      const stringifyFn = stringify.bind({
        [stringifySafeSym]: stringifySafe
      });
      const stringifiers = redact ? Object.assign(/* @__PURE__ */ Object.create(null), redaction(redact, stringifyFn)) : /* @__PURE__ */ Object.create(null);
      const formatOpts = redact ? { stringify: stringifiers[redactFmtSym] } : { stringify: stringifyFn };
      const end2 = "}" + (crlf ? "\r\n" : "\n");
      const coreChindings = asChindings.bind(null, {
        [chindingsSym]: "",
        [serializersSym]: serializers2,
        [stringifiersSym]: stringifiers,
        [stringifySym]: stringify,
        [stringifySafeSym]: stringifySafe,
        [formattersSym]: allFormatters
      });
      let chindings = "";
      if (base !== null) {
        if (name === void 0) {
          chindings = coreChindings(base);
        } else {
          chindings = coreChindings(Object.assign({}, base, { name }));
        }
      }
      const time2 = timestamp2 instanceof Function ? timestamp2 : timestamp2 ? epochTime : nullTime;
      const timeSliceIndex = time2().indexOf(":") + 1;
      if (useOnlyCustomLevels && !customLevels) throw Error("customLevels is required if useOnlyCustomLevels is set true");
      if (mixin && typeof mixin !== "function") throw Error(`Unknown mixin type "${typeof mixin}" - expected "function"`);
      if (msgPrefix && typeof msgPrefix !== "string") throw Error(`Unknown msgPrefix type "${typeof msgPrefix}" - expected "string"`);
      assertDefaultLevelFound(level, customLevels, useOnlyCustomLevels);
      const levels = mappings(customLevels, useOnlyCustomLevels);
      if (stream && stream[transportUsesMultistreamSym] === true) {
        let sampleLabel = typeof level === "string" ? level : void 0;
        if (!sampleLabel || levels[sampleLabel] === void 0) {
          sampleLabel = Object.keys(levels)[0];
        }
        const sampleNumber = levels[sampleLabel];
        let ok = false;
        try {
          const formatted = formatters.level(sampleLabel, sampleNumber);
          ok = formatted && typeof formatted === "object" && formatted.level === sampleNumber;
        } catch {
          ok = false;
        }
        if (!ok) {
          process.emitWarning(
            'custom formatters.level detected with multiple transport targets/pipelines; ensure logs include a numeric "level" field or they may be dropped',
            { code: "PINO_TRANSPORT_MULTI_TARGETS_LEVEL_FORMATTER" }
          );
        }
      }
      if (typeof stream.emit === "function") {
        stream.emit("message", { code: "PINO_CONFIG", config: { levels, messageKey, errorKey } });
      }
      assertLevelComparison(levelComparison);
      const levelCompFunc = genLevelComparison(levelComparison);
      Object.assign(instance, {
        levels,
        [levelCompSym]: levelCompFunc,
        [useOnlyCustomLevelsSym]: useOnlyCustomLevels,
        [streamSym]: stream,
        [timeSym]: time2,
        [timeSliceIndexSym]: timeSliceIndex,
        [stringifySym]: stringify,
        [stringifySafeSym]: stringifySafe,
        [stringifiersSym]: stringifiers,
        [endSym]: end2,
        [formatOptsSym]: formatOpts,
        [messageKeySym]: messageKey,
        [errorKeySym]: errorKey,
        [nestedKeySym]: nestedKey,
        // protect against injection
        [nestedKeyStrSym]: nestedKey ? `,${JSON.stringify(nestedKey)}:{` : "",
        [serializersSym]: serializers2,
        [mixinSym]: mixin,
        [mixinMergeStrategySym]: mixinMergeStrategy,
        [chindingsSym]: chindings,
        [formattersSym]: allFormatters,
        [hooksSym]: hooks,
        silent: noop,
        onChild,
        [msgPrefixSym]: msgPrefix
      });
      Object.setPrototypeOf(instance, proto());
      genLsCache(instance);
      instance[setLevelSym](level);
      return instance;
    }
    module.exports = pino2;
    module.exports.destination = (dest = process.stdout.fd) => {
      if (typeof dest === "object") {
        dest.dest = normalizeDestFileDescriptor(dest.dest || process.stdout.fd);
        return buildSafeSonicBoom(dest);
      } else {
        return buildSafeSonicBoom({ dest: normalizeDestFileDescriptor(dest), minLength: 0 });
      }
    };
    module.exports.transport = require_transport();
    module.exports.multistream = require_multistream();
    module.exports.levels = mappings();
    module.exports.stdSerializers = serializers;
    module.exports.stdTimeFunctions = Object.assign({}, time);
    module.exports.symbols = symbols;
    module.exports.version = version2;
    module.exports.default = pino2;
    module.exports.pino = pino2;
  }
});

// src/cli/commands/node.ts
import { join as join10, resolve as resolve2 } from "node:path";

// src/handlers/built-in.ts
import { join as join5 } from "node:path";

// src/util/at-most.ts
async function atMost(ms, work) {
  let timer;
  const enough = new Promise((resolve3) => {
    timer = setTimeout(() => setImmediate(resolve3), ms);
  });
  try {
    await Promise.race([work, enough]);
  } finally {
    clearTimeout(timer);
  }
}

// src/exec/kill-group.ts
import { setTimeout as setTimeout2 } from "node:timers/promises";

// src/exec/process-group.ts
import { existsSync, readdirSync } from "node:fs";
function signalGroup(pgid, signal) {
  if (!Number.isSafeInteger(pgid) || pgid < 2)
    throw new RangeError(`${pgid} is not a process group that a signal can be sent to`);
  try {
    return process.kill(-pgid, signal);
  } catch (error) {
    if (isErrno(error, "ESRCH")) return false;
    if (isErrno(error, "EPERM")) return true;
    throw error;
  }
}
function livingMember(pgid, guess) {
  if (!signalGroup(pgid, 0)) return void 0;
  try {
    if (livesIn(pgid, guess) || !existsSync("/proc/self/stat")) return guess;
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).find((pid) => livesIn(pgid, pid));
  } catch (error) {
    if (!isNotNow(error)) throw error;
    return guess;
  }
}
function livesIn(pgid, pid) {
  const stat3 = processStat(pid);
  return stat3?.group === pgid && stat3.alive;
}
function isErrno(error, code) {
  return error instanceof Error && "code" in error && error.code === code;
}

// src/exec/kill-group.ts
var killWaitMs = 1e3;
var longestPauseMs = 50;
async function killGroup(pgid, graceMs) {
  signalGroup(pgid, "SIGTERM");
  await untilEmpty(pgid, graceMs);
  signalGroup(pgid, "SIGKILL");
  await untilEmpty(pgid, killWaitMs);
}
async function untilEmpty(pgid, ms) {
  const deadline = performance.now() + ms;
  let member = livingMember(pgid, pgid);
  for (let pause = 1; member !== void 0; pause = Math.min(2 * pause, longestPauseMs)) {
    const left = deadline - performance.now();
    if (left <= 0) return;
    await setTimeout2(Math.min(pause, left));
    member = livingMember(pgid, member);
  }
}

// src/exec/program.ts
import { spawn as spawn2 } from "node:child_process";
import { once as once2 } from "node:events";

// src/exec/output-pipes.ts
import { closeSync, constants, openSync as openSync2 } from "node:fs";
import { Socket } from "node:net";

// src/exec/fifos.ts
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readdirSync as readdirSync2, readFileSync, rmSync, statSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
var O_PATH = 2097152;
var mostAtOnce = 256;
var partOfDescriptors = 1 / 16;
var mkfifoLimitMs = 2e3;
var places = ["/dev/shm", tmpdir()];
var retryMs = 6e4;
var folderPrefix = "steward-pipes-";
var leftAfterMs = 6e4;
var few = 6;
var spare = [];
var cleaned = /* @__PURE__ */ new Set();
var retryAt = 0;
var isMaking = false;
function takeFifo() {
  if (spare.length === 0) make();
  const fifo = spare.pop();
  if (fifo === void 0) throw new Error("no named pipe can be made");
  return fifo;
}
async function prepareFifos() {
  if (spare.length > few || isMaking || !mayMake()) return;
  isMaking = true;
  let folder2;
  try {
    folder2 = new FifoFolder(places[0]);
    await once(spawn("mkfifo", folder2.args, { stdio: "ignore", timeout: mkfifoLimitMs }), "close");
  } catch {
  } finally {
    folder2?.take();
    isMaking = false;
  }
}
function make() {
  if (!mayMake()) return;
  for (const place of places) {
    try {
      const folder2 = new FifoFolder(place);
      spawnSync("mkfifo", folder2.args, { stdio: "ignore", timeout: mkfifoLimitMs });
      folder2.take();
      if (spare.length > 0) return;
    } catch {
    }
  }
  retryAt = performance.now() + retryMs;
}
function madeAtOnce() {
  const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1")) ?? [];
  return Math.max(few, Math.min(mostAtOnce, Number(limit ?? Infinity) * partOfDescriptors));
}
function mayMake() {
  return hasProc && performance.now() >= retryAt;
}
var FifoFolder = class {
  #path;
  #files;
  constructor(place) {
    removeLeftFolders(place);
    this.#path = mkdtempSync(join(place, folderPrefix));
    this.#files = Array.from({ length: madeAtOnce() }, (_, number2) => join(this.#path, `${number2}`));
  }
  /** For `mkfifo`. */
  get args() {
    return ["-m", "600", ...this.#files];
  }
  /**
   * Takes the pipes that were made. After that no other process can open them, and a process that is killed leaves
   * nothing behind.
   */
  take() {
    try {
      for (const file of this.#files) {
        spare.push(openSync(file, O_PATH));
        unlinkSync(file);
      }
    } catch {
    } finally {
      rmSync(this.#path, { recursive: true, force: true });
    }
  }
};
function removeLeftFolders(place) {
  if (cleaned.has(place)) return;
  cleaned.add(place);
  const folders = readdirSync2(place).filter((name) => name.startsWith(folderPrefix));
  for (const folder2 of folders.map((name) => join(place, name))) {
    try {
      if (statSync(folder2).mtimeMs < Date.now() - leftAfterMs) rmSync(folder2, { recursive: true });
    } catch {
    }
  }
}

// src/exec/output-pipes.ts
function outputPipes(isOpened) {
  const stdout = outputPipe(isOpened);
  try {
    const stderr2 = outputPipe(isOpened);
    const pipes = [stdout, stderr2];
    return { stdout, stderr: stderr2, given: () => pipes.forEach(closeWriter), discard: () => pipes.forEach(discard) };
  } catch (error) {
    discard(stdout);
    throw error;
  }
}
function outputPipesIfAny(writers) {
  try {
    return outputPipes(writers === "opened");
  } catch {
    return void 0;
  }
}
function outputPipe(isOpened) {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  const [reader, writer] = isOpened ? openBoth(flags, constants.O_WRONLY) : openOne(flags);
  return { reader: new Socket({ fd: reader, readable: true, writable: false }), writer };
}
function closeWriter({ writer }) {
  closeSync(writer);
}
function discard(pipe2) {
  closeWriter(pipe2);
  pipe2.reader.destroy();
}
function signalPipe() {
  const [writer, reader] = openBoth(constants.O_RDWR | constants.O_NONBLOCK, constants.O_RDONLY);
  return { reader, writer };
}
function openBoth(first, second) {
  const [opened, fifo] = openOne(first);
  try {
    return [opened, openSync2(`/proc/self/fd/${fifo}`, second)];
  } catch (error) {
    closeSync(opened);
    throw error;
  } finally {
    closeSync(fifo);
  }
}
function openOne(flags) {
  const fifo = takeFifo();
  try {
    return [openSync2(`/proc/self/fd/${fifo}`, flags), fifo];
  } catch (error) {
    closeSync(fifo);
    throw error;
  }
}

// src/exec/spawn-failure.ts
import { accessSync, constants as constants2 } from "node:fs";
var reasons = {
  ENOENT: "no such program, or the interpreter that its first line names is missing; check the name and PATH",
  EACCES: "it is not a file that may be executed; check its permissions",
  E2BIG: "its arguments and environment are larger than the system allows; pass large data in a file",
  EAGAIN: "the system allows no more processes",
  EMFILE: "too many files are open in this process",
  ENFILE: "too many files are open on this system",
  ENOMEM: "the system is out of memory",
  ERR_INVALID_ARG_VALUE: "its name is empty, or its name, folder, arguments or environment hold a NUL byte"
};
function spawnFailure(error, program2, cwd) {
  const folderProblem = cwd === void 0 ? void 0 : problemWith(cwd);
  const reason = folderProblem ?? reasons[codeOf(error)] ?? messageOf(error);
  return new StewardError("spawnFailed", `cannot start ${shown(program2)}: ${reason}`, { cause: error });
}
function problemWith(cwd) {
  try {
    accessSync(`${cwd}/.`, constants2.X_OK);
    return void 0;
  } catch (error) {
    return `its folder ${shown(cwd)} cannot be entered (${codeOf(error)})`;
  }
}
function codeOf(error) {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
function shown(text) {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}\u2026` : text);
}

// src/exec/program.ts
async function startProgram(spec) {
  const pipes = outputPipesIfAny("opened");
  let program2;
  try {
    program2 = pipes ? await startOnPipes(spec, pipes) : await startOnSockets(spec);
  } catch (error) {
    pipes?.discard();
    throw spawnFailure(error, spec.argv[0], spec.cwd);
  }
  pipes?.given();
  return program2;
}
async function startOnPipes({ argv: [program2, ...args], env, cwd }, pipes) {
  const stdio = ["ignore", pipes.stdout.writer, pipes.stderr.writer];
  const child = spawn2(program2, args, { env, cwd, detached: true, stdio });
  return programOf(child, await pidOf(child), pipes.stdout.reader, pipes.stderr.reader);
}
async function startOnSockets({ argv: [program2, ...args], env, cwd }) {
  const child = spawn2(program2, args, { env, cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  return programOf(child, await pidOf(child), child.stdout, child.stderr);
}
function programOf(child, pid, stdout, stderr2) {
  return { pid, stdout, stderr: stderr2, ended: endOf(child, pid, [stdout, stderr2]), leave: () => child.unref() };
}
async function pidOf(child) {
  if (child.pid !== void 0) return child.pid;
  const [error] = await once2(child, "error");
  throw error;
}
function endOf(child, pid, outputs) {
  let status;
  for (const output of outputs) output.once("end", () => status ??= exitStatus(pid));
  return new Promise((resolve3) => {
    child.once("exit", (exitCode, signal) => {
      const number2 = (status ?? 0) & 127;
      const isUnnamed = exitCode === 0 && number2 >= firstUnnamed;
      resolve3(isUnnamed ? { exitCode: null, signal: `signal ${number2}` } : { exitCode, signal });
    });
  });
}
var firstUnnamed = 32;

// src/exec/refusal.ts
function withoutRefusal(name, listener = () => void 0) {
  let held = Buffer.alloc(0);
  let isDecided = false;
  const onChunk = (stream, offset, bytes) => {
    if (stream === "stdout" || isDecided) return listener(stream, offset, bytes);
    held = Buffer.concat([held, bytes]);
    const length = Math.min(held.length, name.length);
    if (held.toString("latin1", 0, length) === name.slice(0, length)) return;
    isDecided = true;
    listener("stderr", 0, held);
  };
  const isRefused = () => {
    if (isDecided || held.length === 0) return false;
    if (held.length >= name.length) return true;
    listener("stderr", 0, held);
    return false;
  };
  return { onChunk, isRefused };
}

// src/exec/run-child.ts
var outputLingerMs = 250;
async function runChild(spec) {
  spec.signal.throwIfAborted();
  try {
    return await runByStarter(spec) ?? await run(await startProgram(spec), spec, spec.onChunk);
  } finally {
    spec.starters?.refill();
  }
}
async function runByStarter(spec) {
  const program2 = await spec.starters?.start(spec);
  if (program2 === void 0) return void 0;
  const { isRefused, onChunk } = withoutRefusal(program2.name, spec.onChunk);
  const result = await run(program2, spec, onChunk);
  if (!isRefused() && !program2.isRefused()) return result;
  spec.signal.throwIfAborted();
  return void 0;
}
async function run(program2, spec, onChunk) {
  const stdout = capture("stdout", program2.stdout, spec.outputLimit, onChunk);
  const stderr2 = capture("stderr", program2.stderr, spec.outputLimit, onChunk);
  const end2 = await untilEnded(program2, spec);
  return { ...end2, stdout: stdout.captured(), stderr: stderr2.captured() };
}
function capture(name, stream, limit, onChunk) {
  const output = new OutputCapture(limit);
  stream.on("data", (bytes) => {
    onChunk?.(name, output.total, bytes);
    output.add(bytes);
  });
  return output;
}
async function untilEnded(program2, { signal, killGraceMs }) {
  const { pid, stdout, stderr: stderr2 } = program2;
  let end2 = { exitCode: null, signal: null };
  const exited = program2.ended.then((how) => void (end2 = how));
  const closed = Promise.all([stdout, stderr2].map(closing)).then(() => exited);
  const over = exited.then(() => atMost(outputLingerMs, closed));
  await unlessAborted(signal, over);
  if (signal.aborted) {
    await killGroup(pid, killGraceMs);
    await atMost(outputLingerMs, closed);
  }
  program2.leave();
  stdout.destroy();
  stderr2.destroy();
  return end2;
}
function closing(stream) {
  return new Promise((resolve3) => stream.once("close", () => resolve3()));
}

// src/exec/start-folder.ts
import { statSync as statSync2 } from "node:fs";
var folder = nameOfFolder();
function startFolder() {
  const [here, there] = [statOf("."), statOf(folder)];
  return here !== void 0 && here.ino === there?.ino && here.dev === there.dev ? void 0 : folder;
}
function statOf(path) {
  try {
    return statSync2(path);
  } catch {
    return void 0;
  }
}
function nameOfFolder() {
  try {
    return process.cwd();
  } catch {
    return "/";
  }
}

// src/exec/starters.ts
import { once as once3 } from "node:events";
import { closeSync as closeSync3, openSync as openSync4, readSync, statSync as statSync3 } from "node:fs";
import { join as join3 } from "node:path";

// src/exec/starter.ts
import { spawn as spawn3 } from "node:child_process";
import { randomBytes as randomBytes2 } from "node:crypto";
import { Socket as Socket2 } from "node:net";
import { constants as constants4 } from "node:os";

// src/exec/command-channel.ts
import { randomBytes } from "node:crypto";
import { closeSync as closeSync2, constants as constants3, ftruncateSync, openSync as openSync3, unlinkSync as unlinkSync2, writeSync } from "node:fs";
import { tmpdir as tmpdir2 } from "node:os";
import { join as join2 } from "node:path";
var CommandChannel = class {
  #pipe;
  /** The descriptor of the file, which has no name. */
  file;
  #isOpen = true;
  /** @throws an error of the system's when it has no free descriptor, makes no pipe, or has no place for the file */
  constructor() {
    this.file = unnamedFile();
    try {
      this.#pipe = signalPipe();
    } catch (error) {
      closeSync2(this.file);
      throw error;
    }
  }
  /** The shell's end of the pipe, as a descriptor. */
  get shellsEnd() {
    return this.#pipe.reader;
  }
  /** Closes the shell's end in this process: the shell has it, or was not started. */
  given() {
    closeSync2(this.#pipe.reader);
  }
  /** False when the text could not be written completely; the shell then gets no signal to start. */
  send(text) {
    if (!this.#isOpen) return false;
    try {
      const bytes = Buffer.from(text);
      ftruncateSync(this.file, bytes.length);
      if (writeSync(this.file, bytes, 0, bytes.length, 0) !== bytes.length) return false;
      writeSync(this.#pipe.writer, "\n");
      return true;
    } catch {
      return false;
    }
  }
  /** Ends the shell too, because its pipe closes. */
  close() {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync2(this.#pipe.writer);
    closeSync2(this.file);
  }
};
function unnamedFile() {
  const name = `steward-${process.pid}-${randomBytes(8).toString("hex")}`;
  try {
    return openUnnamed(join2("/dev/shm", name));
  } catch {
    return openUnnamed(join2(tmpdir2(), name));
  }
}
function openUnnamed(path) {
  const file = openSync3(path, constants3.O_RDWR | constants3.O_CREAT | constants3.O_EXCL, 384);
  unlinkSync2(path);
  return file;
}

// src/exec/starter.ts
var readyLimitMs = 20;
var script = `((BASH_VERSINFO[0] >= 5)) || exit
LC_ALL=C
unset TMOUT
exec 2>&1
trap '' TERM INT HUP QUIT
trap 'jobs -l' CHLD
while :; do
  set -m
  ( trap - TERM INT HUP QUIT; echo "R $BASHPID"; read -r && read -rd '' REPLY 0</proc/self/fd/5; eval "$REPLY"; exit 1 ) &
  set +m
  wait $!
  echo "E $?"
done`;
var Starter = class _Starter {
  /** Its pid. */
  #shell;
  #channel;
  #reports;
  #text = "";
  /** The last line of the shell that was not a report of ours. */
  #lastLine = "";
  /** The pid of the waiting child. */
  #waiting;
  #run;
  #isReserved = false;
  #isGone = false;
  #wake;
  constructor(shell, channel, reports) {
    this.#shell = shell.pid;
    this.#channel = channel;
    this.#reports = reports;
    reports.on("data", (bytes) => this.#read(bytes.toString("latin1")));
    shell.once("exit", () => void this.#onGone());
    shell.unref();
    this.#keepAlive("unref");
  }
  /** Undefined when the system cannot start one now, for whatever reason. */
  static start(env) {
    let channel;
    try {
      channel = new CommandChannel();
      const stdio = [channel.shellsEnd, "pipe", "ignore", "ignore", "ignore", channel.file];
      const shell = spawn3("bash", ["-p", "-c", script, "steward-starter"], { env, detached: true, stdio });
      shell.once("error", () => void 0);
      if (shell.pid === void 0 || !(shell.stdout instanceof Socket2)) throw new Error("the system starts no shell");
      channel.given();
      return new _Starter(shell, channel, shell.stdout);
    } catch {
      channel?.given();
      channel?.close();
      return void 0;
    }
  }
  /** Whether a run may begin, because none is under way. */
  get isFree() {
    return !this.#isReserved && !this.#isGone;
  }
  /** Whether a child is waiting. */
  get isReady() {
    return this.isFree && this.#waiting !== void 0;
  }
  get isGone() {
    return this.#isGone;
  }
  /**
   * Starts a program. `text` holds lines that set the environment, `command` is a quoted argument vector. Undefined
   * when it cannot be started this way now; nothing has run then.
   */
  async run(text, command, waitMs = readyLimitMs) {
    this.#isReserved = true;
    const pid = this.#waiting ?? await this.#untilReady(waitMs);
    const program2 = pid === void 0 ? void 0 : this.#become(pid, text, command);
    if (program2 === void 0) this.#isReserved = false;
    return program2;
  }
  /** Ends the starter when no run is under way. The waiting child ends first, so that the shell can collect it. */
  end() {
    this.#isGone = true;
    this.#channel.close();
    this.#reports.destroy();
  }
  #become(pid, text, command) {
    const pipes = this.#isAlive(pid) ? outputPipesIfAny("unopened") : void 0;
    if (pipes === void 0) return void 0;
    const name = `steward-${randomBytes2(12).toString("hex")}`;
    const [out, err] = [pipes.stdout.writer, pipes.stderr.writer].map((file) => `/proc/${process.pid}/fd/${file}`);
    const whole = `[ $BASHPID = ${pid} ]||exit 1
BASH_ARGV0=${name}
${text}exec -- ${command} 0</dev/null 1>${out} 2>${err} 5>&-
echo X
`;
    if (!this.#channel.send(whole)) {
      pipes.discard();
      this.end();
      return void 0;
    }
    this.#waiting = void 0;
    this.#keepAlive("ref");
    const child = { pid, isRefused: false };
    return {
      pid,
      name,
      stdout: pipes.stdout.reader,
      stderr: pipes.stderr.reader,
      ended: new Promise((resolve3) => this.#run = { child, pipes, resolve: resolve3 }),
      isRefused: () => child.isRefused,
      leave: () => this.#keepAlive("unref")
    };
  }
  #untilReady(limitMs) {
    return new Promise((resolve3) => {
      const timer = setTimeout(() => this.#wake?.(), limitMs);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = void 0;
        resolve3(this.#isGone ? void 0 : this.#waiting);
      };
    });
  }
  #read(text) {
    const lines = (this.#text + text).split("\n");
    this.#text = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("R ")) this.#onReady(Number(line.slice(2)));
      else if (line.startsWith("E ")) this.#onEnd(Number(line.slice(2)));
      else if (line === "X") this.#onRefused();
      else this.#lastLine = line;
    }
  }
  #onReady(pid) {
    this.#waiting = pid;
    this.#wake?.();
  }
  #onRefused() {
    if (this.#run !== void 0) this.#run.child.isRefused = true;
  }
  #onEnd(status) {
    const run3 = this.#run;
    if (run3 === void 0) {
      if (this.#waiting === void 0) this.end();
      this.#waiting = void 0;
      return;
    }
    this.#over(run3, endOf2(status, this.#lastLine));
    this.#lastLine = "";
  }
  #over(run3, end2) {
    this.#run = void 0;
    this.#isReserved = false;
    this.#keepAlive("unref");
    run3.pipes.given();
    run3.resolve(end2);
  }
  /** How the program ended can no longer be known. So it is killed, and SIGKILL is reported. */
  async #onGone() {
    this.#isGone = true;
    const run3 = this.#run;
    if (run3 !== void 0) await killGroup(run3.child.pid, 0);
    if (run3 !== void 0 && run3 === this.#run) this.#over(run3, { exitCode: null, signal: "SIGKILL" });
    this.end();
    this.#wake?.();
  }
  /**
   * The child or the shell may have been killed without a report so far. When the system has no room to answer, the
   * child counts as dead.
   */
  #isAlive(pid) {
    try {
      const stat3 = processStat(pid);
      return stat3?.alive === true && stat3.parent === this.#shell;
    } catch {
      return false;
    }
  }
  #keepAlive(how) {
    this.#reports[how]();
  }
};
function endOf2(status, lastLine) {
  const number2 = status - 128;
  const isExit = number2 < 1 || number2 > lastSignal || lastLine === "" || /^\[\d+\]\S*\s+\d+ (Exit|Done)\b/.test(lastLine);
  return isExit ? { exitCode: status, signal: null } : { exitCode: null, signal: signalName(number2) };
}
var lastSignal = 64;
var names = new Map(
  Object.entries(constants4.signals).toReversed().map(([name, number2]) => [number2, name])
);
function signalName(number2) {
  return names.get(number2) ?? `signal ${number2}`;
}

// src/exec/starters.ts
var most = 4;
var idleMs = 6e4;
var longestText = 64 * 1024;
var checkLimitMs = 5e3;
var restored = ["PWD", "OLDPWD", "SHLVL"];
var restoredIfSet = ["LC_ALL", "TMOUT"];
var ignored = /* @__PURE__ */ new Set(["_"]);
var identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;
var shellsOwn = /^(BASH.*|COMP_.*|DIRSTACK|E?UID|EPOCH.*|FUNC.*|GROUPS|HISTCMD|IFS|LINENO|OPT.*|PIPESTATUS|POSIXLY_CORRECT|PPID|S?RANDOM|REPLY|SECONDS|SHELLOPTS)$/;
var Starters = class {
  #env;
  #restored;
  #all = [];
  #alarm;
  /** Whether the last program found no free starter. */
  #isShort = false;
  /** Whether this system's shell gives programs the right environment and status; undefined before it was tried. */
  #isFaithful;
  /** `env`: the variables that all programs have in common. */
  constructor(env) {
    this.#env = env;
    this.#restored = [...restored, ...restoredIfSet.filter((name) => env[name] !== void 0)];
  }
  /** How many have a child that waits for a program. */
  get ready() {
    return this.#isFaithful === true ? this.#all.filter((starter) => starter.isReady).length : 0;
  }
  /**
   * Starts a program. Undefined when no starter is ready, or when the shell could start it differently than the system
   * would.
   */
  async start(spec) {
    if (this.#isFaithful !== true || !this.#canStart(spec)) return void 0;
    const starter = this.#all.find(({ isFree }) => isFree);
    this.#isShort = starter === void 0;
    return starter && await this.#startBy(starter, spec);
  }
  /** Call it after a run: starts one more if none was free. */
  refill() {
    this.#all = this.#all.filter(({ isGone: isGone2 }) => !isGone2);
    if (this.#isFaithful === void 0) void this.#check();
    else if (this.#isFaithful && this.#isShort) this.#startOne();
    this.#isShort = false;
    void prepareFifos();
    this.#alarm ??= setTimeout(() => this.#endAll(), idleMs).unref();
    this.#alarm.refresh();
  }
  #startOne() {
    if (this.#all.length >= most) return void 0;
    const starter = Starter.start(this.#env);
    if (starter !== void 0) this.#all.push(starter);
    return starter;
  }
  #endAll() {
    for (const starter of this.#all) if (starter.isFree) starter.end();
  }
  async #startBy(starter, { argv: argv2, env = {} }, waitMs) {
    const names2 = [...this.#restored, ...this.#changed(env)];
    const text = names2.map((name) => setting(name, env[name])).join("");
    const command = argv2.map(quoted).join(" ");
    if (text.length + command.length > longestText || `${text}${command}`.includes("\0")) return void 0;
    return starter.run(text, command, waitMs);
  }
  #canStart({ argv: argv2, env, cwd }) {
    if (env === void 0 || cwd !== void 0 || Object.keys(this.#env).some((name) => !(name in env))) return false;
    if (this.#changed(env).some((name) => !identifier.test(name) || shellsOwn.test(name))) return false;
    return startsByItself(argv2[0], env["PATH"]);
  }
  #changed(env) {
    return Object.keys(env).filter((name) => this.#env[name] !== env[name]);
  }
  /**
   * Shells differ: a shell drops variables whose names it cannot use, and sets some by itself. So this system's shell
   * is tried.
   */
  async #check() {
    this.#isFaithful = false;
    const starter = this.#startOne();
    if (starter === void 0) return;
    const environ = await this.#tried(starter, "cat", "/proc/self/environ");
    const isFaithful = isSame(environ.printed, this.#env) && (await this.#tried(starter, "sh", "-c", "exit 141")).exitCode === 141 && (await this.#tried(starter, "sh", "-c", "kill -13 $$")).signal === "SIGPIPE" && (await this.#tried(starter, "sh", "-c", "kill -9 $$")).signal === "SIGKILL";
    if (isFaithful) this.#isFaithful = true;
    else starter.end();
  }
  async #tried(starter, ...argv2) {
    const program2 = await this.#startBy(starter, { argv: argv2, env: this.#env }, checkLimitMs);
    let end2 = { exitCode: null, signal: null };
    if (program2 === void 0) return { ...end2, printed: "" };
    const seen = [];
    program2.stdout.on("data", (bytes) => void seen.push(bytes));
    program2.stderr.resume();
    const closed = Promise.all([program2.ended, once3(program2.stdout, "close")]);
    await atMost(
      checkLimitMs,
      closed.then(([how]) => void (end2 = how))
    );
    return { ...end2, printed: Buffer.concat(seen).toString() };
  }
};
function isSame(environ, env) {
  const given = Object.entries(env).flatMap(([name, value]) => value === void 0 ? [] : [`${name}=${value}`]);
  const counts = (variable) => !ignored.has(variable.slice(0, variable.indexOf("=")));
  const sorted = (variables) => variables.filter(counts).toSorted().join("\0");
  return sorted(environ.split("\0").slice(0, -1)) === sorted(given);
}
function setting(name, value) {
  return value === void 0 ? `unset ${name}
` : `export ${name}=${quoted(value)}
`;
}
function quoted(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
function startsByItself(program2, path) {
  if (program2 === "" || program2.startsWith("-") || path === void 0 || path === "") return false;
  const file = program2.includes("/") ? program2 : firstIn(path, program2);
  return file !== void 0 && isOfKnownFormat(file);
}
function firstIn(path, program2) {
  return path.split(":").map((folder2) => join3(folder2, program2)).find(isFile);
}
function isFile(path) {
  try {
    return statSync3(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}
function isOfKnownFormat(file) {
  try {
    const opened = openSync4(file, "r");
    const start = Buffer.alloc(4);
    readSync(opened, start);
    closeSync3(opened);
    return start.toString("latin1") === "\x7FELF" || start.toString("latin1", 0, 2) === "#!";
  } catch {
    return false;
  }
}

// src/handlers/exec.ts
var noProgram = "data must hold the program and its arguments";
var noScript = "data must hold one string, the script; a program with arguments goes to exec";
var argv = tupleWithRest(
  [pipe(string(noProgram), nonEmpty("the first string of data is the program and must not be empty"))],
  string()
);
var script2 = strictTuple(
  [pipe(string(noScript), nonEmpty("the script must not be empty"))],
  noScript
);
function execHandlers(settings) {
  const starters = settings.env && new Starters(settings.env);
  const run3 = async (context) => runProgram(context.data, context, settings, starters);
  return [
    defineHandler({
      messageType: "command",
      subject: "exec",
      describe: "runs a program; data is its argument vector, nothing is interpreted",
      data: argv,
      run: run3
    }),
    defineHandler({
      messageType: "command",
      subject: "shellCommand",
      describe: "the original program's name for exec",
      data: argv,
      run: run3
    }),
    defineHandler({
      messageType: "command",
      subject: "shell",
      describe: "runs one script line with /bin/sh -c",
      data: script2,
      run: async (context) => runProgram(["/bin/sh", "-c", context.data[0]], context, settings, starters)
    })
  ];
}
async function runProgram(program2, { env, signal, output }, { killGraceMs, outputLimit }, starters) {
  const cwd = startFolder();
  const ended = await runChild({
    argv: program2,
    env,
    ...cwd === void 0 ? {} : { cwd },
    ...starters && { starters },
    signal,
    killGraceMs,
    outputLimit,
    onChunk: (stream, _offset, bytes) => output?.write(stream, bytes)
  });
  const result = {
    output: toOutput(ended.stdout, ended.stderr),
    ...ended.exitCode === null ? {} : { exitCode: ended.exitCode },
    ...ended.signal === null ? {} : { signal: ended.signal }
  };
  if (ended.exitCode === 0) return result;
  if (ended.exitCode !== null) throw new RunError("exitCode", `exit code ${ended.exitCode}`, result);
  if (ended.signal !== null) throw new RunError("killedBySignal", `ended by ${ended.signal}`, result);
  throw new RunError("notEnded", "the program could not be ended and may still run", result);
}

// src/handlers/log-files.ts
import { closeSync as closeSync4, constants as constants5, fstatSync as fstatSync2, fsync, mkdirSync, openSync as openSync5, renameSync, statSync as statSync4 } from "node:fs";
import { dirname, join as join4 } from "node:path";
import { promisify as promisify2 } from "node:util";

// src/handlers/append-lines.ts
import { fstatSync, ftruncateSync as ftruncateSync2, readSync as readSync2, write } from "node:fs";
import { promisify } from "node:util";
var writeSome = promisify(write);
var lineFeed = Buffer.from("\n");
async function appendLines(file, lines) {
  const { size } = fstatSync(file);
  const bytes = following(file, size, lines);
  let written = 0;
  try {
    while (written < bytes.length) {
      written += (await writeSome(file, bytes, written, bytes.length - written, null)).bytesWritten;
    }
  } catch (error) {
    if (written > 0 && fstatSync(file).size === size + written) ftruncateSync2(file, size);
    throw error;
  }
}
function following(file, size, lines) {
  if (size === 0 || read(file, size, 1).equals(lineFeed)) return lines;
  const end2 = read(file, size, Math.min(size, lines.length - 1));
  let begun = end2.length === size ? 0 : firstLine(end2, 0);
  while (begun < end2.length && !end2.subarray(begun).equals(lines.subarray(0, end2.length - begun))) {
    begun = firstLine(end2, begun);
  }
  return begun < end2.length ? lines.subarray(end2.length - begun) : Buffer.concat([lineFeed, lines]);
}
function firstLine(bytes, from) {
  const at = bytes.indexOf(lineFeed, from);
  return at === -1 ? bytes.length : at + 1;
}
function read(file, size, length) {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync2(file, bytes, 0, length, size - length));
}

// src/handlers/log-files.ts
var sync = promisify2(fsync);
var openFlags = constants5.O_APPEND | constants5.O_CREAT | constants5.O_RDWR | constants5.O_NONBLOCK;
var mostTries = 100;
var pauseMs = 6e4;
var LogFiles = class {
  #folder;
  #maxBytes;
  #keep;
  #warn;
  /** The last write, by name. */
  #writing = /* @__PURE__ */ new Map();
  #noneSetAsideBefore = 0;
  constructor(folder2, { maxBytes: maxBytes2 = 64 * 1024 * 1024, keep = 5, warn = () => {
  } } = {}) {
    this.#folder = folder2;
    this.#maxBytes = maxBytes2;
    this.#keep = keep;
    this.#warn = warn;
  }
  /**
   * Appends lines to `<name>.log`, after all earlier ones. Resolves when the operating system has them in the file of
   * that name.
   * @throws StewardError fileUnreadable when the name belongs to something else than a file; or the system's error
   */
  async append(name, lines) {
    const before = this.#writing.get(name) ?? Promise.resolve();
    const mine = before.catch(() => void 0).then(() => this.#append(name, typeof lines === "string" ? Buffer.from(lines) : lines));
    this.#writing.set(name, mine);
    try {
      await mine;
    } finally {
      if (this.#writing.get(name) === mine) this.#writing.delete(name);
    }
  }
  async #append(name, lines) {
    const path = join4(this.#folder, `${name}.log`);
    for (let tries = 1; !await this.#appendOnce(path, lines); tries++) {
      if (tries === mostTries) throw new StewardError("fileUnreadable", `${path} was removed again and again`);
    }
  }
  /** False when the file was removed before all lines were in it; then no other file has them. */
  async #appendOnce(path, lines) {
    const file = openLog(path);
    try {
      await appendLines(file, lines);
      const seen = fstatSync2(file);
      if (seen.nlink === 0 && !isAt(path, seen)) return false;
      if (seen.size > this.#maxBytes) await this.#setAside(path, file);
      return true;
    } finally {
      closeSync4(file);
    }
  }
  /** The file's content is written by then, so a failure here does not fail the text. */
  async #setAside(path, file) {
    if (performance.now() < this.#noneSetAsideBefore) return;
    try {
      await sync(file);
      if (isAt(path, fstatSync2(file))) rename(path, this.#keep);
    } catch (error) {
      this.#noneSetAsideBefore = performance.now() + pauseMs;
      this.#warn(`${path} cannot be set aside and keeps growing: ${messageOf(error)}`);
    }
  }
};
function openLog(path) {
  const file = openOrMake(path);
  if (fstatSync2(file).isFile()) return file;
  closeSync4(file);
  throw new StewardError("fileUnreadable", `${path} is not a regular file`);
}
function openOrMake(path) {
  try {
    return openSync5(path, openFlags, 416);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    mkdirSync(dirname(path), { recursive: true });
    return openSync5(path, openFlags, 416);
  }
}
function isAt(path, { dev, ino }) {
  const there = statSync4(path, { throwIfNoEntry: false });
  return there?.ino === ino && there.dev === dev;
}
function rename(path, keep) {
  for (let age = keep - 1; age >= 0; age--) {
    try {
      renameSync(age === 0 ? path : `${path}.${age}`, `${path}.${age + 1}`);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
  }
}

// src/handlers/log.ts
var lineEnd = Buffer.from("\n");
function logHandlers(files) {
  const append = (subject, describe) => defineHandler({
    messageType: "event",
    subject,
    describe,
    takesBytes: true,
    data: pipe(array(string()), minLength(1, "data must hold a text")),
    run: async ({ data, message }) => {
      const texts = data.map((text) => Buffer.from(text, message.encoding ?? "utf8"));
      await files.append(
        message.from,
        Buffer.concat(texts.flatMap((text) => text.at(-1) === 10 ? text : [text, lineEnd]))
      );
      return {};
    }
  });
  return [
    append("log", "appends its texts to the sender's file under log/"),
    append("error", "appends a node's failure to that node's file under log/")
  ];
}

// src/handlers/ping.ts
var pingHandler = defineHandler({
  messageType: "command",
  subject: "ping",
  describe: "answers pong, or its data",
  data: array(string()),
  run: async ({ data }) => ({ output: { stdout: `${data.join(" ") || "pong"}
`, stderr: "" } })
});

// src/handlers/built-in.ts
function builtInHandlers({ dataDir, killGrace, ...exec }, warn) {
  const logFiles = new LogFiles(join5(dataDir, "log"), { warn });
  return [...execHandlers({ ...exec, killGraceMs: killGrace }), ...logHandlers(logFiles), pingHandler];
}

// src/handlers/registry.ts
var Registry = class {
  #handlers = /* @__PURE__ */ new Map();
  constructor(handlers) {
    for (const handler of handlers) this.add(handler);
  }
  add(handler) {
    this.#handlers.set(laneOf(handler), handler);
  }
  /** The handler of a subject; `textLogging` finds that of `log`. */
  find(address) {
    return this.#handlers.get(laneOf(address));
  }
  /** Whether a lane of this name has a handler. */
  has(lane) {
    return this.#handlers.has(lane);
  }
  /** The names of the lanes with a handler, such as `command.exec`, in alphabetical order. */
  names() {
    return [...this.#handlers.keys()].toSorted();
  }
};

// src/handlers/worker/wire.ts
function runRequest({ message, env, dataDir }) {
  return { kind: "run", message, env, dataDir };
}

// src/handlers/worker/worker-process.ts
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

// src/handlers/worker/console-lines.ts
var longestLine = 2e3;
var linesPerSecond = 100;
function forwardConsole(stream, give) {
  let [rest, left, omitted] = ["", linesPerSecond, 0];
  let second;
  const reportOmitted = () => {
    if (omitted > 0) give(`(${omitted} lines left out)`);
    [left, omitted, second] = [linesPerSecond, 0, void 0];
  };
  const take = (line) => {
    second ??= setTimeout(reportOmitted, 1e3);
    if (left > 0) give(line);
    else omitted += 1;
    left -= 1;
  };
  stream.setEncoding("utf8");
  stream.on("data", (text) => {
    for (const [at, part] of text.split("\n").entries()) {
      if (at > 0) take(rest);
      rest = ((at > 0 ? "" : rest) + part).slice(0, longestLine);
    }
  });
  stream.on("end", () => {
    if (rest !== "") take(rest);
  });
  stream.on("error", () => void 0);
}

// src/handlers/worker/worker-process.ts
var program = fileURLToPath(new URL("../handler-process.js", import.meta.url));
var loadLimitMs = 1e4;
var answerLimitMs = 5e3;
var killWaitMs2 = 1e3;
var WorkerProcess = class {
  #child;
  #events;
  #calls = /* @__PURE__ */ new Map();
  #loading;
  #count = 0;
  #loaded = false;
  #over = false;
  #why;
  /** The system had no room to start it. */
  #notNow = false;
  constructor(spec, { env }, events) {
    this.#events = events;
    const cwd = startFolder();
    this.#child = fork(program, [JSON.stringify(spec)], {
      env,
      ...cwd === void 0 ? {} : { cwd },
      execArgv: [],
      // In a group of its own, together with the processes that the handler starts.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"]
    });
    this.#loading = setTimeout(() => this.kill(`it was not loaded within ${loadLimitMs / 1e3} s`), loadLimitMs);
    for (const stream of [this.#child.stdout, this.#child.stderr]) if (stream) forwardConsole(stream, events.line);
    this.#child.on("message", (report) => this.#hear(report));
    this.#child.on("error", (error) => {
      this.#notNow ||= isNotNow(error);
      this.kill(this.#child.pid === void 0 ? spawnFailure(error, process.execPath, cwd).message : error.message);
    });
    this.#child.once("exit", () => this.#killGroup());
    this.#child.once("disconnect", () => this.#endAfterExit());
  }
  /** Calls that have not ended. */
  get calls() {
    return this.#calls.size;
  }
  /** Sends a request to the thread. An abort of `signal` is passed on, and after the grace the process is ended. */
  async call(request, signal, graceMs) {
    if (this.#over) return this.#untaken(this.#why ?? "");
    const number2 = ++this.#count;
    let grace;
    const abort = () => {
      this.#send({ kind: "abort", call: number2, reason: reasonOf(signal?.reason) });
      grace = setTimeout(() => this.kill("a run did not end after its abort"), graceMs);
    };
    const alarm = setInterval(() => this.#lookAt(number2, request.kind), answerLimitMs);
    const ended = new Promise((end2) => this.#calls.set(number2, { taken: false, alarm, end: end2 }));
    this.#send({ ...request, call: number2 });
    const forget = onAbort(signal, abort);
    const how = await ended;
    clearInterval(alarm);
    clearTimeout(grace);
    forget();
    return how;
  }
  /** Ends the process at once, and all processes that the handler has started in it. */
  kill(why) {
    this.#why ??= why;
    if (!this.#exited()) this.#killGroup();
    setTimeout(() => this.#end(why), killWaitMs2).unref();
  }
  #hear(report) {
    switch (report?.kind) {
      case "ready":
        this.#loaded = true;
        clearTimeout(this.#loading);
        break;
      case "ended":
        this.#why ??= report.why;
        break;
      case "fault":
        this.kill(report.message);
        break;
      case "taken": {
        const call = this.#calls.get(report.call);
        if (call === void 0) break;
        call.taken = true;
        call.alarm.refresh();
        break;
      }
      case "checked":
      case "done":
      case "failed":
        this.#calls.get(report.call)?.end(report);
        this.#calls.delete(report.call);
        break;
      case "loading":
        this.#loading.refresh();
        break;
      case "found":
      case void 0:
    }
    if (report !== null) this.#events.report?.(report);
  }
  /** Limits a check, and a call that does not begin. A run needs no limit here: it has the message's timeout. */
  #lookAt(number2, kind) {
    const call = this.#calls.get(number2);
    if (call === void 0 || !this.#loaded) return;
    if (call.taken && kind === "check") this.kill("its schema did not answer");
    if (!call.taken && !this.#anyTaken()) this.kill("work left by an earlier message blocked it");
  }
  #anyTaken() {
    return [...this.#calls.values()].some(({ taken }) => taken);
  }
  #send(request) {
    if (this.#child.connected) this.#child.send(request, () => void 0);
  }
  #endAfterExit() {
    const end2 = () => this.#end(exitOf(this.#child));
    if (this.#exited()) return end2();
    this.#child.once("exit", end2);
    setTimeout(() => this.kill("its channel was closed"), killWaitMs2).unref();
  }
  #exited() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
  #killGroup() {
    if (this.#child.pid !== void 0) signalGroup(this.#child.pid, "SIGKILL");
  }
  #untaken(why) {
    return { kind: "untaken", why, loaded: this.#loaded, notNow: this.#notNow };
  }
  #end(why) {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#loading);
    this.#why ??= why;
    const idle2 = this.#loaded && !this.#anyTaken();
    for (const { taken, end: end2 } of this.#calls.values()) {
      end2(taken ? { kind: "crashed", why: this.#why } : this.#untaken(this.#why));
    }
    this.#calls.clear();
    this.#events.ended(this.#why, idle2);
  }
};
function exitOf({ exitCode, signalCode }) {
  if (signalCode === "SIGABRT") return "SIGABRT, with which Node ends when memory is used up";
  return signalCode ?? `exit code ${exitCode}`;
}
function reasonOf(reason) {
  return { code: reason instanceof StewardError ? reason.code : void 0, message: messageOf(reason) };
}

// src/handlers/worker/lane-worker.ts
var idleMs2 = 6e4;
var maxUntaken = 3;
var LaneWorker = class {
  #spec;
  #settings;
  #log;
  #process;
  #idle;
  constructor(spec, settings, log) {
    this.#spec = spec;
    this.#settings = settings;
    this.#log = log;
  }
  /**
   * Checks a value with the handler's own schema. The result holds the original data: only the thread needs the
   * schema's output. When the system has no room for a process, the value passes, because the run checks it again and
   * may wait for room.
   * @throws StewardError handlerCrashed when its process ended
   */
  async check(value) {
    try {
      const answer = await this.#call({ kind: "check", data: value });
      if (answer.kind === "checked" && answer.issue !== void 0) return { issues: [{ message: answer.issue }] };
    } catch (error) {
      if (!(error instanceof NotNowError)) throw error;
    }
    return { value };
  }
  /**
   * @throws RunError as the handler's own `run` does, NotNowError when the system has no room for its process,
   * StewardError handlerCrashed when its process ended
   */
  async run(context) {
    const answer = await this.#call(runRequest(context), context.signal);
    if (answer.kind === "done") return answer.result;
    if (answer.kind === "failed") throw this.#toError(answer.failure, context.message.id);
    throw new StewardError("handlerCrashed", "the handler's process gave an unexpected answer");
  }
  async #call(request, signal) {
    for (let tries = 1; ; tries++) {
      clearTimeout(this.#idle);
      const current = this.#process ??= this.#start();
      const how = await current.call(request, signal, this.#settings.killGraceMs);
      if (current === this.#process && current.calls === 0) this.#keepWarm();
      if (how.kind !== "crashed" && how.kind !== "untaken") return how;
      if (how.kind === "untaken" && how.notNow === true) throw notStarted(how.why);
      if (how.kind === "untaken" && how.loaded && tries < maxUntaken && signal?.aborted !== true) continue;
      throw new StewardError("handlerCrashed", `the handler's process ended: ${how.why}`);
    }
  }
  #start() {
    try {
      const started = new WorkerProcess(this.#spec, this.#settings, {
        line: (text) => this.#log.info(text),
        ended: (why, idle2) => {
          if (this.#process !== started) return;
          this.#process = void 0;
          if (idle2)
            this.#log.warn(`the handler's process ended between messages: ${why}; the next message gets a new process`);
        }
      });
      return started;
    } catch (error) {
      throw isNotNow(error) ? notStarted(messageOf(error)) : error;
    }
  }
  /** Ends the process; the next call gets a new one. */
  end() {
    const last = this.#process;
    this.#process = void 0;
    last?.kill("it is no longer needed");
  }
  #keepWarm() {
    this.#idle = setTimeout(() => this.end(), idleMs2).unref();
  }
  #toError({ code, message, terminal, notNow = false, result, stack }, id) {
    this.#log.debug({ id, stack }, message);
    if (notNow) return new NotNowError(code, message, result);
    return terminal ? new TerminalError(code, message, result) : new RunError(code, message, result);
  }
};
function notStarted(why) {
  return new NotNowError("handlerCrashed", `the handler's process could not be started: ${why}`);
}

// src/handlers/worker/read-folder.ts
import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
var loadMemoryMb = 1024;
async function readFolder(folder2, settings, log) {
  const files = await filesIn(folder2);
  if (files.length === 0) log.warn(`${folder2} has no handlers: no file in it ends in .js or .mjs`);
  const found = [];
  let at = folder2;
  return new Promise((done2, failed2) => {
    const reader = new WorkerProcess({ files, memoryMb: loadMemoryMb, outputLimit: 0 }, settings, {
      line: (text) => log.info({ file: at }, text),
      report: (report) => {
        if (report.kind === "loading") at = report.file;
        if (report.kind === "found") found.push({ file: report.file, definitions: parse(report.definitions) });
        if (report.kind !== "ready") return;
        done2(found);
        reader.kill("it has read all");
      },
      ended: (why) => failed2(fault(at, why))
    });
  });
}
function fault(file, what) {
  return new StewardError("badSettings", `${file}: ${what}`, { about: "handlers" });
}
async function filesIn(folder2) {
  try {
    const entries = await readdir(folder2, { withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory() && /\.m?js$/.test(entry.name));
    return files.map(({ name }) => resolve(folder2, name)).toSorted();
  } catch (error) {
    throw fault(folder2, messageOf(error));
  }
}
function parse(definitions) {
  return JSON.parse(definitions);
}

// src/handlers/worker/user-handlers.ts
var defaultMemoryMb = 256;
var wholeNumber = (min, max) => {
  const rule = `must be a whole number from ${min} to ${max}`;
  return pipe(number(rule), integer(rule), minValue(min, rule), maxValue(max, rule));
};
var definitionSchema = object({
  messageType: messageTypeSchema,
  subject: tokenSchema,
  describe: string("must say in a few words what the handler does"),
  timeout: exactOptional(wholeNumber(1, longestTimer)),
  concurrency: exactOptional(wholeNumber(1, 1e3)),
  repeatable: exactOptional(boolean("must be true or false")),
  memoryMb: exactOptional(wholeNumber(16, 65536))
});
async function addUserHandlers({ handlersFolder, killGrace, outputLimit }, registry, env, log) {
  if (handlersFolder === void 0) return;
  const settings = { killGraceMs: killGrace, env };
  for (const { file, definitions } of await readFolder(handlersFolder, settings, log)) {
    for (const definition of definitions.map((one) => check2(one, file))) {
      const lane = typeAndSubject(definition);
      if (registry.find(definition) !== void 0) throw fault(file, `${lane} has a handler already`);
      const { memoryMb = defaultMemoryMb } = definition;
      const worker = new LaneWorker({ lane, files: [file], memoryMb, outputLimit }, settings, log.child({ lane }));
      registry.add({
        ...definition,
        data: { "~standard": { validate: async (value) => worker.check(value) } },
        run: async (context) => worker.run(context),
        reset: () => worker.end()
      });
    }
  }
}
function check2(definition, file) {
  const result = safeParse(definitionSchema, definition, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw fault(file, `${getDotPath(issue)} ${issue.message}`);
}

// src/node/acknowledger.ts
var Acknowledger = class {
  #broker;
  #epoch = 0;
  #isOpen = false;
  constructor(broker) {
    this.#broker = broker;
  }
  /** Whether an epoch of deliveries is under way. */
  get isOpen() {
    return this.#isOpen;
  }
  /** Begins an epoch. */
  open() {
    this.#epoch += 1;
    this.#isOpen = true;
  }
  /** Ends the epoch. */
  close() {
    this.#isOpen = false;
  }
  acknowledge({ ackSubject: ackSubject2 }) {
    const epoch = this.#epoch;
    if (!this.#isOpen) return;
    this.#broker.soon(() => {
      if (this.#isOpen && epoch === this.#epoch) this.#broker.nc.publish(ackSubject2);
    });
  }
};

// src/node/announce.ts
import { arch, hostname, platform, release } from "node:os";
async function untilStreamsAreThere({ broker, log, shutdown }) {
  const { messages, acks, nodesBucket, presenceBucket } = broker.names;
  for (const stream of [messages, acks, `KV_${nodesBucket}`, `KV_${presenceBucket}`]) {
    await streamInfoOnceThere(broker, stream, (reason) => log.warn(`${reason}; waiting for it`), shutdown.signal);
  }
}
async function announce(parts) {
  const { broker, settings, holds, log, shutdown } = parts;
  const { signal } = shutdown;
  try {
    const info = JSON.stringify(nodeInfo(parts));
    await kvPut(broker, broker.names.nodesBucket, `${settings.name}.info`, info, {}, signal);
    await holds.rewrite();
  } catch (error) {
    if (!signal.aborted) log.warn(`the node's info could not be written: ${messageOf(error)}`);
  }
}
function nodeInfo({
  instance,
  startedAt,
  settings: { central, labels },
  registry
}) {
  return {
    version,
    instance,
    startedAt,
    host: hostname(),
    os: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    central,
    labels,
    subjects: registry.names(),
    protocol,
    features
  };
}

// src/util/waiting-list.ts
var WaitingList = class {
  #items = [];
  #first = 0;
  #length = 0;
  get length() {
    return this.#length;
  }
  push(item) {
    this.#items.push(item);
    this.#length += 1;
  }
  /** Removes and returns the first item that matches. */
  take(fits2) {
    for (let at = this.#first; at < this.#items.length; at++) {
      const item = this.#items[at];
      if (item === void 0 || !fits2(item)) continue;
      this.#items[at] = void 0;
      this.#length -= 1;
      this.#trim();
      return item;
    }
    return void 0;
  }
  clear() {
    this.#items = [];
    this.#first = 0;
    this.#length = 0;
  }
  *[Symbol.iterator]() {
    for (const item of this.#items) if (item !== void 0) yield item;
  }
  #trim() {
    while (this.#first < this.#items.length && this.#items[this.#first] === void 0) this.#first += 1;
    if (this.#first < 1024 || this.#first * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#first);
    this.#first = 0;
  }
};

// src/node/backlog.ts
var bytesKept = 4 * 1024 * 1024;
var overheadOfPayload = 512;
var bytesOf = ({ payload }) => payload === void 0 ? 0 : payload.length + overheadOfPayload;
var readAtOnce = 1e3;
var Backlog = class {
  #payloads;
  #waiting = new WaitingList();
  /** The waiting messages without a payload, in order. */
  #far = /* @__PURE__ */ new Set();
  #bytes = 0;
  #reading;
  constructor(payloads) {
    this.#payloads = payloads;
  }
  get length() {
    return this.#waiting.length;
  }
  /** Adds a message after all others. */
  push(taken) {
    if (this.#bytes < bytesKept) this.#bytes += bytesOf(taken);
    else taken.payload = void 0;
    if (taken.payload === void 0) this.#far.add(taken);
    this.#waiting.push(taken);
  }
  /** Removes and returns the first message that fits. */
  take(fits2) {
    const taken = this.#waiting.take(fits2);
    if (taken === void 0) return void 0;
    this.#bytes -= bytesOf(taken);
    if (this.#bytes <= bytesKept / 2) this.#readAhead();
    this.#far.delete(taken);
    return taken;
  }
  /** Reads again the payload of a message that was taken out; undefined when the queue no longer holds it. */
  async payloadOf(taken) {
    await this.#reading;
    return taken.payload ?? this.#payloads.one(taken);
  }
  clear() {
    this.#waiting.clear();
    this.#far.clear();
    this.#bytes = 0;
  }
  [Symbol.iterator]() {
    return this.#waiting[Symbol.iterator]();
  }
  /** Reads the payloads of the next messages while others run: one request for many, and no message waits for it. */
  #readAhead() {
    const [first] = this.#far;
    if (first === void 0 || this.#reading !== void 0) return;
    const next = [];
    for (const taken of this.#far) {
      if (next.length === readAtOnce) break;
      if (taken.came.subject === first.came.subject) next.push(taken);
    }
    this.#reading = this.#readPayloads(next).finally(() => this.#reading = void 0);
  }
  async #readPayloads(next) {
    const found = await this.#payloads.many(next).catch(() => /* @__PURE__ */ new Map());
    for (const [taken, payload] of found) {
      taken.payload = payload;
      if (this.#far.delete(taken)) this.#bytes += bytesOf(taken);
    }
  }
};
var QueuedPayloads = class {
  #broker;
  #signal;
  constructor(broker, signal) {
    this.#broker = broker;
    this.#signal = signal;
  }
  /** Undefined when the queue no longer holds the message. */
  async one({ sequence, came }) {
    const subject = messageSubject(this.#broker.namespace, came);
    return (await readQueued(this.#broker, { sequence, subject }, this.#signal))?.data;
  }
  /**
   * The payloads of messages of one type and subject, in their order, from the first one on, as many as fit in one
   * page. Messages that the queue no longer holds are left out, and so are those that the answering replica does not
   * have yet.
   */
  async many(wanted) {
    const [first] = wanted;
    if (first === void 0) return /* @__PURE__ */ new Map();
    const { namespace, names: names2 } = this.#broker;
    const { node, messageType, subject } = first.came;
    const filter = messageFilter(namespace, { node, messageType, subject });
    const page = { filter, from: first.sequence, most: wanted.length };
    const { messages } = await getPage(this.#broker, names2.messages, page);
    const stored = new Map(messages.map((message) => [message.sequence, message]));
    return new Map(
      wanted.flatMap((taken) => {
        const found = stored.get(taken.sequence);
        return found?.subject === messageSubject(namespace, taken.came) ? [[taken, found.data]] : [];
      })
    );
  }
};

// src/node/child-environment.ts
var secrets = /^(STEWARD_|NATS_|NOTIFY_SOCKET$|WATCHDOG_|LISTEN_)/;
function inheritedEnvironment(own) {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !secrets.test(name)));
}
var markPrefix = "STEWARD_RUN_";
var thisDaemon = identityText(thisProcess());
function commonEnvironment(inherited, { namespace, node, instance }) {
  return {
    ...inherited,
    STEWARD_RUN_NAMESPACE: namespace,
    STEWARD_RUN_NODE: node,
    STEWARD_RUN_INSTANCE: instance,
    STEWARD_RUN_DAEMON: thisDaemon
  };
}
function childEnvironment(common, address) {
  return { ...common, STEWARD_RUN_LANE: typeAndSubject(address), STEWARD_RUN_ID: address.id };
}
function parseMarks(marks) {
  const { STEWARD_RUN_LANE: lane = "", STEWARD_RUN_ID: id = "" } = marks;
  const startedBy = parseStartedBy(marks);
  const work = parseLaneName(lane);
  if (startedBy === void 0 || work === void 0 || !isId(id)) return void 0;
  const { node, ...rest } = startedBy;
  return { ...rest, address: { node, ...work, id } };
}
function parseWaitingMarks(marks) {
  return marks["STEWARD_RUN_LANE"] === void 0 ? parseStartedBy(marks) : void 0;
}
function parseStartedBy(marks) {
  const {
    STEWARD_RUN_NAMESPACE: namespace = "",
    STEWARD_RUN_NODE: node = "",
    STEWARD_RUN_INSTANCE: instance = ""
  } = marks;
  const daemon = parseIdentity(marks["STEWARD_RUN_DAEMON"] ?? "");
  if (daemon === void 0 || ![namespace, node, instance].every(isToken)) return void 0;
  return { namespace, node, instance, daemon };
}

// src/node/orphans.ts
import { setTimeout as delay2 } from "node:timers/promises";

// src/exec/marked-processes.ts
import { existsSync as existsSync2, readdirSync as readdirSync3, readFileSync as readFileSync2 } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
var showsEnvironments = existsSync2("/proc/self/environ");
var endWaitMs = 2e3;
var pauseMs2 = 20;
function markedProcesses(prefix) {
  if (!showsEnvironments) return [];
  const own = ownGroups();
  return readdirSync3("/proc").filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    const marks = marksOf(name, prefix);
    const stat3 = marks && processStat(Number(name));
    if (marks === void 0 || stat3?.alive !== true || own.has(stat3.group)) return [];
    return [{ pid: Number(name), group: stat3.group, startTicks: stat3.startTicks, marks }];
  });
}
async function endProcesses(find) {
  const killed = /* @__PURE__ */ new Map();
  for (const deadline = performance.now() + endWaitMs; ; ) {
    const left = [...find()];
    if (left.length === 0 || performance.now() > deadline) return { killed: [...killed.values()], left };
    for (const one of left) killed.set(one.pid, one);
    for (const one of left) kill(one, killed.has(one.group));
    await delay(pauseMs2);
  }
}
function kill({ pid, group, startTicks }, withLeader) {
  const stat3 = processStat(pid);
  if (stat3?.startTicks !== startTicks || stat3.group !== group) return;
  if (withLeader || processStat(group)?.alive !== true) signalGroup(group, "SIGKILL");
  else signalProcess(pid);
}
function signalProcess(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
  }
}
function ownGroups() {
  const groups = /* @__PURE__ */ new Set([0, 1]);
  for (let stat3 = processStat(process.pid); stat3 !== void 0; stat3 = processStat(stat3.parent)) groups.add(stat3.group);
  return groups;
}
function marksOf(pid, prefix) {
  const environment = attemptRead(`/proc/${pid}/environ`);
  if (environment?.includes(prefix) !== true) return void 0;
  const variables = environment.split("\0").filter((variable) => variable.startsWith(prefix));
  if (variables.length === 0) return void 0;
  return Object.fromEntries(
    variables.map((variable) => {
      const [name = ""] = variable.split("=", 1);
      return [name, variable.slice(name.length + 1)];
    })
  );
}
function attemptRead(path) {
  try {
    return readFileSync2(path, "utf8");
  } catch (error) {
    if (isNotNow(error)) throw error;
    return void 0;
  }
}

// src/node/orphans.ts
async function endOrphans(broker, node, log, signal) {
  if (!showsEnvironments) return log.debug("this system does not show processes that an earlier daemon left running");
  const { namespace } = broker;
  await onceThereIsRoom(log, signal, () => endProcesses(() => waitingFor({ namespace, node })));
  const isOurs = (run3) => run3.namespace === namespace && run3.address.node === node;
  const orphans = await onceThereIsRoom(log, signal, () => running((run3) => isOurs(run3) && hasLostItsDaemon(run3)));
  const runs = new Map(orphans.map(({ run: run3 }) => [nameOf(run3), run3]));
  const cutOff = /* @__PURE__ */ new Set();
  const examine = async ([name, run3]) => {
    if (await broker.untilAnswered(() => wasCutOff(broker, run3), signal)) cutOff.add(name);
  };
  await Promise.all([...runs].map(examine));
  if (cutOff.size > 0) await end(cutOff, log, signal);
}
async function endLeftovers(daemon, address, log, signal) {
  await end(/* @__PURE__ */ new Set([nameOf({ ...daemon, address })]), log, signal);
}
async function end(names2, log, signal) {
  const { killed, left } = await onceThereIsRoom(
    log,
    signal,
    () => endProcesses(() => running((run3) => names2.has(nameOf(run3))))
  );
  for (const { pid, run: run3 } of killed)
    log.info({ id: run3.address.id, pid }, "ended a process that an earlier run had left");
  for (const { pid, run: run3 } of left) {
    log.error({ id: run3.address.id, pid }, "cannot end a process that an earlier run had left; it keeps running");
  }
}
async function onceThereIsRoom(log, signal, look2) {
  for (let isLogged = false; ; isLogged = true) {
    try {
      return await look2();
    } catch (error) {
      if (!isNotNow(error)) throw error;
      if (!isLogged)
        log.error(
          `cannot list the processes that earlier runs left; waiting until it is possible: ${messageOf(error)}`
        );
      await delay2(1e3, void 0, { signal });
    }
  }
}
function running(which) {
  return markedProcesses(markPrefix).flatMap((one) => {
    const run3 = parseMarks(one.marks);
    return run3 !== void 0 && which(run3) ? [{ ...one, run: run3 }] : [];
  });
}
function waitingFor({ namespace, node }) {
  return markedProcesses(markPrefix).filter(({ marks }) => {
    const startedBy = parseWaitingMarks(marks);
    return startedBy?.namespace === namespace && startedBy.node === node && hasLostItsDaemon(startedBy);
  });
}
function nameOf({ namespace, address, instance }) {
  return `${ackSubject(namespace, address)} ${instance}`;
}
function hasLostItsDaemon({ daemon }) {
  return daemon.pidNamespace === thisProcess().pidNamespace && isGone(daemon);
}
async function wasCutOff(broker, { namespace, address, instance }) {
  const last = await lastOnLeader(broker, broker.names.acks, ackSubject(namespace, address));
  if (last === void 0) return (await queuedSubjects(broker, messageSubject(namespace, address))).size > 0;
  const ack = parseAck(last.data);
  return ack !== void 0 && (!isFinal(ack) || ack.state === "cancelled" || ack.instance !== instance);
}

// src/node/children.ts
var Children = class {
  #options;
  /** The messages whose handler asked for the environment with marks, so that it may have started processes. */
  #mayHaveStarted = /* @__PURE__ */ new WeakSet();
  constructor(options) {
    this.#options = options;
  }
  /** The environment for processes that the message's handler starts. */
  environmentFor(taken) {
    this.#mayHaveStarted.add(taken);
    return childEnvironment(this.#options.env, taken.address);
  }
  /** Ends processes that earlier runs of the message left running on this host. */
  async endLeftovers(taken) {
    const { log, signal } = this.#options;
    if (this.#mayHaveStarted.has(taken)) await endLeftovers(this.#options, taken.address, log, signal);
  }
};

// src/node/clock.ts
var slowMs = 2e3;
var BrokerClock = class {
  #offset;
  /**
   * The latest time that the broker's clock may show, in milliseconds since 1970. With the latest time, no message
   * begins that others may already show as expired.
   */
  now() {
    return performance.now() + (this.#offset ?? 0);
  }
  /**
   * Reads the clock from an answer, as if making the answer had taken no time. A slow answer does not replace an
   * earlier reading.
   */
  async reading(ask) {
    const before = performance.now();
    const answer = await ask();
    const isSlow = performance.now() - before > slowMs;
    if (answer.error === void 0 && (!isSlow || this.#offset === void 0)) {
      this.#offset = Date.parse(answer.ts) - before;
    }
    return answer;
  }
};

// src/node/control.ts
import { hostname as hostname2 } from "node:os";

// src/node/lane-report.ts
var mostNamed = 100;
var unserved = "unserved";
function laneReport(name, lane, hold, trouble) {
  const processes = lane?.processes() ?? [];
  const running2 = processes.slice(0, mostNamed).map(({ taken, progress }) => ({ id: taken.address.id, ...progress }));
  const more = processes.length - running2.length;
  return { name, waiting: lane?.waiting ?? 0, running: running2, ...more === 0 ? {} : { moreRunning: more }, hold, trouble };
}
function laneBeat({ name, waiting, running: running2, moreRunning = 0 }) {
  return { name, waiting, running: running2.length + moreRunning };
}

// src/node/presence.ts
function presenceOf({ instance, startedAt, troubles }, dispatcher) {
  const lanes = lanesInBeat(dispatcher.lanes().map(laneBeat));
  return { instance, startedAt, ...identity, ...lanes, troubles: troubles.list() };
}
var identity = thisProcess();

// src/node/control.ts
var Controls = class {
  #parts;
  #dispatcher;
  #intake;
  constructor(parts, dispatcher, intake) {
    this.#parts = parts;
    this.#dispatcher = dispatcher;
    this.#intake = intake;
  }
  status() {
    const { draining } = this.#dispatcher;
    const { verdicts } = this.#parts.kernel;
    return { ...presenceOf(this.#parts, this.#dispatcher), draining, resyncs: this.#intake.resyncs, verdicts };
  }
  lanes() {
    return this.#dispatcher.lanes();
  }
  /** Holds the lane: its next message does not begin. Resolves when the hold is stored. */
  async pause(lane, hold) {
    assertStored(await this.#parts.holds.hold(lane, hold));
  }
  /** Ends a lane's hold; without a lane, a drain. */
  async resume(lane, by) {
    if (lane === void 0) return this.#dispatcher.endDrain();
    const isStored = await this.#parts.holds.resume(lane, by);
    this.#dispatcher.wake(lane);
    assertStored(isStored);
  }
  /**
   * Ends the messages that run in the lane. Each runs again as the next attempt, or is interrupted if it may run at
   * most once.
   */
  async restart(lane) {
    if (await this.#dispatcher.restart(lane)) return;
    throw new StewardError("refused", `nothing runs or waits in the lane ${lane}`);
  }
  cancel(request) {
    return { outcome: this.#dispatcher.cancel(request) ? "cancelling" : "notRunning" };
  }
  /** The output of a run, as far as it is kept. */
  output(request) {
    return this.#parts.liveOutput.answer(request);
  }
  /** Lets no further message begin, in any lane. */
  drain() {
    this.#dispatcher.drain();
  }
  /** Stops the daemon as a signal would. */
  stop() {
    this.#parts.shutdown.ask();
  }
};
function assertStored(isStored) {
  if (isStored) return;
  throw new StewardError("refused", "done, but the broker did not store it: it will be lost when the daemon restarts");
}
function serveNodeControl({ broker, settings: { name: node }, instance }, controls) {
  const { namespace } = broker;
  const answers = answersOf(controls, () => Math.min(longestAnswer, broker.maxPayload / 2));
  serveMicroService(broker, {
    name: "steward-node",
    id: instance,
    version,
    description: "The daemon of a node of Steward",
    metadata: { namespace, node, instance, host: hostname2(), protocol: String(protocol), features: features.join(" ") },
    endpoints: controlVerbs.map((verb) => ({
      name: verb,
      subject: controlSubject(namespace, node, verb),
      answer: async (body) => withOrigin(await answers[verb](body))
    }))
  });
}
function withOrigin(answer) {
  return typeof answer !== "object" || Array.isArray(answer) ? answer : { ...answer, protocol, features };
}
var done = { done: true };
var longestAnswer = 256 * 1024;
function answersOf(controls, longestPage) {
  return {
    status: () => controls.status(),
    lanes: (body) => {
      const { after } = check(lanesRequestSchema, parse2(body));
      const page = pageOf(controls.lanes(), after ?? "", longestPage());
      return after === void 0 ? page.lanes : page;
    },
    pause: async (body) => {
      const { lane, by, reason = "" } = check(laneRequestSchema, parse2(body));
      const hold = { state: "paused", since: (/* @__PURE__ */ new Date()).toISOString(), by, reason };
      await controls.pause(laneNamed(lane), hold);
      return hold;
    },
    resume: async (body) => {
      const { lane, by } = check(laneRequestSchema, parse2(body));
      await controls.resume(lane === void 0 ? void 0 : laneNamed(lane), by);
      return done;
    },
    restart: async (body) => {
      await controls.restart(laneNamed(check(laneRequestSchema, parse2(body)).lane));
      return done;
    },
    cancel: (body) => controls.cancel(check(cancelRequestSchema, parse2(body))),
    output: (body) => controls.output(check(outputRequestSchema, parse2(body))),
    drain: () => {
      controls.drain();
      return done;
    },
    stop: () => {
      controls.stop();
      return done;
    }
  };
}
function pageOf(all, after, bytes) {
  const behind = all.filter(({ name }) => name > after);
  let left = bytes;
  const tooFar = behind.findIndex((lane, at) => (left -= Buffer.byteLength(JSON.stringify(lane)) + 1) < 0 && at > 0);
  const lanes = tooFar < 0 ? behind : behind.slice(0, tooFar);
  return { lanes, more: behind.length - lanes.length };
}
var utf8 = new TextDecoder("utf-8", { fatal: true });
function parse2(body) {
  if (body.length === 0) return {};
  try {
    return JSON.parse(utf8.decode(body));
  } catch (error) {
    throw new StewardError("badMessage", `the request is not JSON: ${messageOf(error).slice(0, 200)}`);
  }
}
function laneNamed(text) {
  if (text === void 0) throw new StewardError("badMessage", `name the lane, such as {"lane":"command.exec"}`);
  const lane = parseLaneName(text);
  if (lane !== void 0) return laneOf(lane);
  throw new StewardError("badName", `"${text.slice(0, 200)}" is not a lane; write it as command.exec or event.log`);
}

// src/node/data-folder.ts
import { mkdir } from "node:fs/promises";
async function makeDataFolder(path) {
  await mkdir(path, { recursive: true }).catch((error) => {
    throw new StewardError("fileUnreadable", `the data folder cannot be created: ${messageOf(error)}`);
  });
}

// src/node/left-error.ts
var LeftError = class extends Error {
  constructor() {
    super("the message is left to a later process");
  }
};
function isLeft(error) {
  return error instanceof LeftError;
}

// src/node/message-process.ts
import { setTimeout as delay3 } from "node:timers/promises";

// src/node/attempt.ts
var slackMs = 3e3;
var Attempt = class {
  #stop;
  #giveUpMs;
  #why;
  #interrupted = () => {
  };
  /** `killGraceMs`: how long the handler needs, at most, to end the processes that it started. */
  constructor(killGraceMs) {
    this.#giveUpMs = killGraceMs + slackMs;
  }
  /** Makes the handler's signal at the first call: a signal is expensive, and many handlers do not use it. */
  openSignal() {
    this.#stop ??= new AbortController();
    if (this.#why !== void 0) this.#stop.abort(errorOf(this.#why));
    return this.#stop.signal;
  }
  /** Asks the handler to end; the first reason counts. */
  interrupt(why) {
    if (this.#why !== void 0) return;
    this.#why = why;
    this.#interrupted();
    this.#stop?.abort(errorOf(why));
  }
  /** Runs the handler once, for at most `timeoutMs`; the context's signal is this attempt's. */
  async run(handler, context, timeoutMs) {
    const alarm = setTimeout(() => this.interrupt({ kind: "timedOut", afterMs: timeoutMs }), timeoutMs);
    let giveUp;
    const leftBehind = new Promise((_resolve, reject) => {
      this.#interrupted = () => {
        giveUp = setTimeout(() => reject(new Error("the handler did not end")), this.#giveUpMs);
      };
    });
    try {
      const running2 = handler.run(context);
      return this.#ended(await Promise.race([running2, leftBehind]));
    } catch (error) {
      const result = error instanceof RunError ? error.result : {};
      return this.#why === void 0 ? failed(error, result) : this.#ended(result);
    } finally {
      clearTimeout(alarm);
      clearTimeout(giveUp);
      this.#interrupted = () => {
      };
    }
  }
  /** A program that ends by itself at the signal still counts as interrupted. */
  #ended(ack) {
    if (this.#why === void 0) return { kind: "succeeded", ack };
    if (this.#why.kind !== "timedOut") return { kind: "interrupted", ack, why: this.#why };
    return failed(errorOf(this.#why), ack);
  }
};
function errorOf(why) {
  switch (why.kind) {
    case "timedOut":
      return new StewardError("timedOut", `timed out after ${why.afterMs} ms`);
    case "cancelled":
      return new StewardError("cancelled", `cancelled by ${why.cancelled.by}`);
    case "cutOff":
    case "hurried":
      return new StewardError("cutOff", "the daemon was stopped and could not wait longer");
    case "abandoned":
    default:
      return new StewardError("interrupted", "the lane is started again");
  }
}
function failed(error, ack) {
  const code = error instanceof RunError || error instanceof StewardError ? error.code : "handlerFailed";
  const message = messageOf(error).slice(0, 2e3);
  const isTerminal = error instanceof TerminalError;
  const lacksRoom = error instanceof NotNowError || !(error instanceof RunError) && isNotNow(error);
  return { kind: "failed", ack, error: { code, message, isTerminal, isNotNow: lacksRoom } };
}

// src/node/allow.ts
function refusalOf(message, rules) {
  if (rules === void 0) return void 0;
  const what = `${typeAndSubject(message)} from ${message.from}`;
  for (const [at, rule] of rules.entries()) {
    const called = `rule ${at + 1}${rule.name === void 0 ? "" : ` (${rule.name})`} of accept`;
    try {
      if (fits(message, rule)) return rule.allow ? void 0 : `${called} refuses ${what}`;
    } catch (error) {
      return `${called} cannot judge ${what}: ${messageOf(error)}`;
    }
  }
  return `no rule of accept allows this ${what}`;
}
function fits(message, { from, type, subject, data }) {
  return from?.(message.from) !== false && type?.includes(message.messageType) !== false && subject?.(canonicalSubject(message.subject)) !== false && data?.(message.data) !== false;
}

// src/node/accept.ts
async function accept(taken, payload, { settings, registry }) {
  let message;
  try {
    if (taken.forgedHeader !== void 0) {
      throw new StewardError("forgedHeaders", `the message carries the header ${taken.forgedHeader}`);
    }
    assertTokens(taken);
    const value = parseStrict(payload);
    assertUnderstood(value);
    message = check(messageSchema, value);
    assertAddress(taken, message);
    assertFits(message.data);
    const refusal = refusalOf(message, settings.config().accept);
    if (refusal !== void 0) throw new StewardError("notAccepted", refusal);
    const handler = registry.find(taken.address);
    if (handler === void 0) {
      const served = registry.names().join(", ");
      throw new StewardError("noHandler", `this node has no handler for ${typeAndSubject(message)}; it has ${served}`);
    }
    if (message.encoding !== void 0 && handler.takesBytes !== true) {
      throw new StewardError("badData", `${typeAndSubject(message)} takes text, not bytes in ${message.encoding}`);
    }
    return { kind: "accepted", message, handler, data: await validated(handler, message.data) };
  } catch (error) {
    const code = error instanceof StewardError ? error.code : "badData";
    const reason = { code, message: messageOf(error).slice(0, 2e3) };
    const original = code === "notUnderstood" ? originalOf(payload) : message ? { message } : { raw: rawOf(payload) };
    return { kind: "refused", message, ack: { error: reason, ...original } };
  }
}
function assertTokens({ came }) {
  if (isToken(came.subject) && isId(came.id)) return;
  const name = JSON.stringify(pathOf(came).slice(0, 200));
  throw new StewardError(
    "badName",
    `the message arrived on ${name}, in which a token is too long or has characters that are not allowed`
  );
}
function assertAddress({ came }, message) {
  const [said, real] = [pathOf(message), pathOf(came)];
  if (said !== real) throw new StewardError("wrongSubject", `the message says ${said} but arrived on ${real}`);
}
function pathOf({ node, messageType, subject, id }) {
  return `${node}.${messageType}.${subject}.${id}`;
}

// src/node/claim.ts
async function claim(taken, payload, parts, interruptible) {
  if (interruptible.isLeft()) throw new LeftError();
  const accepted = await accept(taken, payload, parts);
  if (accepted.kind === "refused") return { kind: "decided", state: "rejected", ack: accepted.ack, after: 0 };
  const { message, handler } = accepted;
  const { journal, suspects } = parts;
  const late = await tooLate(taken, accepted, parts);
  if (late !== void 0) return { kind: "decided", ...late, after: 0 };
  const start = new Start(taken, accepted, parts, interruptible);
  if (suspects.mayHaveBeenOpen(laneOf(taken.address), handler.concurrency ?? 1)) {
    return start.behind(await journal.last(taken.address));
  }
  if (suspects.isClosed) await suspects.pass(interruptible.onInterrupt);
  if (message.messageType === "command" || message.delivery === "atMostOnce") return start.behind(void 0, true);
  if (handler.repeatable === true) return unclaimed(accepted, { attempt: 1, after: 0, wasCutOff: false }, 0);
  const last = await journal.last(taken.address);
  if (last?.ack.state === "started") return start.behind(last);
  if (last !== void 0 && isFinal(last.ack)) return { kind: "over", end: last };
  return unclaimed(accepted, placeBehind(last), endsUpTo(last, parts.instance));
}
function unclaimed(accepted, at, ends) {
  const mayRepeat = accepted.handler.repeatable === true;
  return { kind: "run", accepted, at, ends, mayRepeat, isClaimed: false, turn: void 0 };
}
var suspectFrom = 2;
var Start = class {
  #taken;
  #accepted;
  #parts;
  #interruptible;
  constructor(taken, accepted, parts, interruptible) {
    this.#taken = taken;
    this.#accepted = accepted;
    this.#parts = parts;
    this.#interruptible = interruptible;
  }
  /** Continues after the last known ACK. `mayBegin`: messages that are not suspects may begin now. */
  async behind(last, mayBegin = false) {
    const { suspects, settings, instance, journal } = this.#parts;
    const { onInterrupt, isLeft: isLeft2 } = this.#interruptible;
    if (last !== void 0 && isFinal(last.ack)) return { kind: "over", end: last };
    const { attempt, after: before, wasCutOff: wasCutOff2 } = placeBehind(last);
    const ends = endsUpTo(last, instance);
    if (last !== void 0) {
      if (this.#accepted.message.delivery === "atMostOnce") return this.#interrupted(last, this.#atMostOnce(last));
      if (last.ack.alone === true && ends > (last.ack.ends ?? 0) && ends >= settings.daemonEnds) {
        return this.#interrupted(last, endedDaemon(ends));
      }
    }
    const isSuspect = ends >= Math.min(suspectFrom, settings.daemonEnds - 1);
    const wasAlone = last?.ack.alone !== void 0;
    const turn = isSuspect ? await suspects.turn(ends, wasAlone, onInterrupt) : void 0;
    if (!isSuspect && !mayBegin && suspects.isClosed) await suspects.pass(onInterrupt);
    const marks = { ...ends > 0 ? { ends } : {}, ...turn?.isAlone === true ? { alone: true } : {} };
    const started = ackOf(this.#taken, instance, "started", attempt, { startedAt: timestamp(), ...marks });
    try {
      if (isLeft2()) throw new LeftError();
      const written = await journal.write(this.#taken.address, started, before);
      if (written.kind === "stored") {
        const { sequence: after } = written;
        const late = last === void 0 ? expiryOf(this.#taken, this.#accepted, this.#parts) : void 0;
        if (late !== void 0) return { kind: "decided", state: late.state, ack: { ...late.ack, attempt }, after };
        const at = { attempt, after, wasCutOff: wasCutOff2 };
        return { kind: "run", accepted: this.#accepted, at, ends, turn, isClaimed: true, mayRepeat: false };
      }
      turn?.end();
      return await this.behind(written.link);
    } catch (error) {
      turn?.end();
      throw error;
    }
  }
  #atMostOnce({ ack }) {
    const what = ack.instance === this.#parts.instance ? "its lane was started again" : "the daemon ended";
    return { code: "interrupted", message: `${what} while this ran, and it may run at most once` };
  }
  #interrupted({ ack, sequence }, error) {
    const { message } = this.#accepted;
    return { kind: "decided", state: "interrupted", ack: { error, message, attempt: ack.attempt }, after: sequence };
  }
};
function endedDaemon(ends) {
  const message = `the daemon ended ${ends} times while this ran, the last time with nothing else running`;
  return { code: "endedDaemon", message };
}
async function tooLate(taken, accepted, parts) {
  const expired = expiryOf(taken, accepted, parts);
  if (expired !== void 0) return expired;
  const { message } = accepted;
  if (message.delivery === "atMostOnce" && taken.storedAt < await parts.journal.reachesBackTo()) {
    const error = { code: "tooOldToProve", message: "the journal does not reach back to when this was stored" };
    return { state: "interrupted", ack: { error, message } };
  }
  return void 0;
}
function expiryOf(taken, { message }, { clock }) {
  const expires = parseDuration(message.expires ?? "");
  if (expires === void 0 || clock.now() - taken.storedAt <= expires) return void 0;
  const known = message.messageType === "event" ? ", as far as is known" : "";
  const error = { code: "expired", message: `not started within ${message.expires} of being stored${known}` };
  return { state: "expired", ack: { error, message } };
}
function placeBehind(last) {
  const { attempt = 0, error } = last?.ack ?? {};
  return { attempt: attempt + 1, after: last?.sequence ?? 0, wasCutOff: error?.code === "cutOff" };
}
function endsUpTo(last, instance) {
  if (last === void 0) return 0;
  const { state, ends = 0, instance: writer } = last.ack;
  return ends + (state === "started" && writer !== instance ? 1 : 0);
}
function ackOf(taken, instance, state, attempt, rest) {
  const { node, messageType, subject, id } = taken.address;
  return { node, messageType, subject, id, state, final: isFinal({ state }), attempt, instance, ...rest };
}
function timestamp() {
  return (/* @__PURE__ */ new Date()).toISOString();
}
function begunBefore(final, { attempt }) {
  if (final.state !== "expired") return { ...final, attempt };
  const error = { code: "interrupted", message: "the daemon ended while this ran, and it has expired since" };
  return { ...final, state: "interrupted", attempt, error };
}

// src/node/former-acks.ts
function mayEndOthers({ state }) {
  return state === "cancelled" || !isKnownState(state);
}
function replaced(ack) {
  return new StewardError("replaced", `the journal of ${ack.id} was continued by the daemon instance ${ack.instance}`);
}

// src/node/shortage.ts
var firstWait = 1e3;
var longestWait = 1e4;
var Shortage = class {
  #lane;
  #troubles;
  #waits = 0;
  #isWaiting = false;
  constructor(lane, troubles) {
    this.#lane = lane;
    this.#troubles = troubles;
  }
  get isWaiting() {
    return this.#isWaiting;
  }
  /** Decides after a failed run: true when the message must wait and run again. */
  shouldWait({ messageType, delivery }, { isNotNow: isNotNow2, code, message: text }) {
    if (!isNotNow2) return false;
    if (messageType === "event" && delivery !== "atMostOnce") {
      this.#troubles.report(this.#lane, "noRoom", text);
      return true;
    }
    if (code === "spawnFailed" || code === "handlerCrashed") this.#troubles.cannotStart(text);
    return false;
  }
  async wait(pause) {
    this.#isWaiting = true;
    await pause(Math.min(firstWait * 2 ** this.#waits++, longestWait));
    this.#isWaiting = false;
  }
  /** The message no longer waits. */
  end() {
    if (this.#waits > 0) this.#troubles.end(this.#lane);
    this.#waits = 0;
  }
};

// src/node/message-process.ts
var MessageProcess = class {
  taken;
  #payload;
  #parts;
  #why;
  #interrupt = () => {
  };
  #attempt = 0;
  #startedAt = "";
  #isOver = false;
  #mayWaitForRoom = true;
  /** How often the daemon has ended while this message ran, and its turn if it is a suspect. */
  #ends = 0;
  #turn;
  #shortage;
  #onInterrupt = (wake) => {
    this.#interrupt = wake;
    if (this.#why !== void 0) wake();
  };
  constructor(taken, payload, parts) {
    this.taken = taken;
    this.#payload = payload;
    this.#parts = parts;
    this.#shortage = new Shortage(laneOf(taken.address), parts.troubles);
  }
  /** The run that is under way: its attempt and the time of its start; empty before the first. */
  get progress() {
    return { attempt: this.#attempt, startedAt: this.#startedAt };
  }
  /** Cancels the message. False when its end is decided already. */
  cancel(by) {
    const was = this.#attempt > 0 ? "running" : "queued";
    return this.interrupt({ kind: "cancelled", cancelled: { by, at: timestamp(), was } });
  }
  /** Ends the run, and whatever would follow it; the first reason counts. False when the end is decided already. */
  interrupt(why) {
    if (this.#isOver || this.#why !== void 0) return this.#why?.kind === why.kind;
    this.#why = why;
    this.#interrupt();
    return true;
  }
  /** The lane stops: leaves the message to a later process if it waits for room, now or later. */
  leaveIfWaiting() {
    this.#mayWaitForRoom = false;
    if (this.#shortage.isWaiting) this.interrupt({ kind: "abandoned" });
  }
  /** Checks whether the message may run, and records its start. Rejects when it is left before that. */
  async open() {
    const isLeft2 = () => this.#why !== void 0 && this.#why.kind !== "cancelled";
    return claim(this.taken, this.#payload, this.#parts, { onInterrupt: this.#onInterrupt, isLeft: isLeft2 });
  }
  /** Runs an opened message until it ends. Rejects only when the message is left to a later process. */
  async run(opened) {
    if (opened.kind === "over") return opened;
    if (opened.kind === "decided") {
      const { state, ack, after } = opened;
      return this.#end(state, { attempt: ack.attempt ?? 0, after }, { ...ack, finishedAt: timestamp() });
    }
    [this.#turn, this.#ends] = [opened.turn, opened.ends];
    return this.#runAll(opened).catch((error) => {
      this.#turn?.end();
      this.#shortage.end();
      throw error;
    });
  }
  /** Runs the handler again and again, until the message ends. */
  async #runAll(opened) {
    const { message } = opened.accepted;
    for (let { at } = opened; ; ) {
      if (this.#why !== void 0) return this.#interrupted(this.#why, opened, at);
      this.#attempt = at.attempt;
      this.#startedAt = timestamp();
      const begun = performance.now();
      const alone = this.#turn?.beforeOthers(() => this.#notAlone(at));
      const outcome = await this.#runOnce(opened.accepted);
      const written = await alone?.();
      if (written !== void 0) at = { ...at, after: written.sequence };
      if (outcome.kind === "failed" && this.#shortage.shouldWait(message, outcome.error)) {
        if (!this.#mayWaitForRoom) this.interrupt({ kind: "abandoned" });
        await this.#shortage.wait((ms) => this.#wait(ms));
        if (this.#why === void 0) await this.#parts.children.endLeftovers(this.taken);
        continue;
      }
      this.#shortage.end();
      const durationMs = Math.round(performance.now() - begun);
      const ended = { startedAt: this.#startedAt, finishedAt: timestamp(), durationMs, ...outcome.ack };
      if (outcome.kind === "succeeded") return this.#end("succeeded", at, { ...ended, message });
      if (outcome.kind === "interrupted") return this.#interrupted(outcome.why, opened, at, ended);
      const next = await this.#afterFailure(outcome.error, opened, at, ended);
      if ("kind" in next) return next;
      at = next;
    }
  }
  /** Records that other messages run beside this one from now on. */
  async #notAlone({ attempt, after }) {
    return this.#append(this.#ack("started", attempt, { startedAt: this.#startedAt, alone: false }), after);
  }
  /** Carries out the error kernel's verdict on a failed run: waits for the next attempt, or ends the message. */
  async #afterFailure(error, opened, at, run3) {
    const { message } = opened.accepted;
    const { code, message: text } = error;
    if (code === "timedOut") await this.#parts.children.endLeftovers(this.taken);
    if (this.#why !== void 0) return this.#interrupted(this.#why, opened, at, run3);
    const failed2 = { ...run3, error: { code, message: text } };
    const verdict = this.#parts.kernel.judgeRun({ message, attempt: at.attempt, error });
    if (verdict.kind === "record") return this.#end("failed", at, { ...failed2, message });
    const retrying = await this.#append(this.#ack("retrying", at.attempt, failed2), at.after);
    if (isFinal(retrying.ack)) return { kind: "over", end: retrying };
    this.#turn?.end();
    await this.#wait(verdict.afterMs);
    if (this.#why !== void 0) return { ...at, after: retrying.sequence };
    await this.#parts.children.endLeftovers(this.taken);
    const next = { attempt: at.attempt + 1, after: retrying.sequence, wasCutOff: false };
    if (message.messageType === "event") return next;
    const started = await this.#append(this.#ack("started", next.attempt, { startedAt: timestamp() }), next.after);
    return isFinal(started.ack) ? { kind: "over", end: started } : { ...next, after: started.sequence };
  }
  /** Stores the final ACK. Resolves to the final ACK in the journal, which is another one if that was stored first. */
  async close(ending) {
    const closing2 = ending.kind === "over" ? Promise.resolve(ending.end) : this.#append(ending.final, ending.after);
    return this.#turn === void 0 ? closing2 : closing2.finally(this.#turn.end);
  }
  /** Runs the handler once. */
  async #runOnce({ handler, message, data }) {
    const { settings, children, liveOutput } = this.#parts;
    const { taken } = this;
    const rule = laneRuleFor(settings.config(), laneOf(taken.address));
    const timeout = parseDuration(message.timeout ?? "") ?? rule?.timeout ?? handler.timeout ?? settings.timeout;
    const attempt = new Attempt(settings.killGrace);
    this.#interrupt = () => {
      if (this.#why !== void 0) attempt.interrupt(this.#why);
    };
    const output = liveOutput.begin(taken.address, this.#attempt);
    const context = {
      message,
      data,
      dataDir: settings.dataDir,
      output,
      get signal() {
        return attempt.openSignal();
      },
      get env() {
        return children.environmentFor(taken);
      }
    };
    const outcome = await attempt.run(handler, context, timeout);
    output.end(outcome.kind !== "interrupted");
    return outcome;
  }
  /** Waits before the next run, or until the message is interrupted. */
  async #wait(ms) {
    await this.#parts.suspects.rest(this.#pause(ms), this.#onInterrupt);
  }
  async #pause(ms) {
    const enough = new AbortController();
    this.#interrupt = () => enough.abort();
    if (this.#why !== void 0) return;
    await delay3(ms, void 0, { signal: enough.signal }).catch(() => void 0);
  }
  /** Ends or leaves a message that was interrupted, during a run (with the run's result) or before one. */
  async #interrupted(why, { accepted, isClaimed }, at, run3) {
    const { message } = accepted;
    this.#shortage.end();
    if (this.#attempt > 0) await this.#parts.children.endLeftovers(this.taken);
    const ended = { finishedAt: timestamp(), ...run3 };
    if (why.kind === "cancelled") {
      return this.#end("cancelled", at, { ...ended, ...cancellation(why.cancelled), message });
    }
    const isStopped = why.kind === "cutOff" || why.kind === "hurried";
    const isRepeated = why.kind === "cutOff" && at.wasCutOff && run3 !== void 0;
    if (isStopped && (message.delivery === "atMostOnce" || isRepeated)) {
      const again = at.wasCutOff ? " once more; a command that stops its own daemon must not wait for the stop" : "";
      const error = { code: "cutOff", message: `the daemon was stopped while this ran${again}` };
      return this.#end("interrupted", at, { ...ended, error, message });
    }
    if (isStopped && run3 !== void 0 && isClaimed) {
      const code = why.kind === "cutOff" || at.wasCutOff ? "cutOff" : "interrupted";
      const error = { code, message: "the daemon was stopped while this ran; it runs again" };
      await this.#append(this.#ack("retrying", at.attempt, { ...ended, error }), at.after);
    }
    throw new LeftError();
  }
  #end(state, { attempt, after }, rest) {
    this.#isOver = true;
    return { kind: "ended", final: this.#ack(state, attempt, rest), after };
  }
  /**
   * Stores an ACK after the one at `after` or, if this process has written none so far, after the ACKs of earlier
   * daemons. Resolves to the link that is in the journal: this ACK, or a final one that was stored first.
   */
  async #append(wanted, after) {
    for (let [ack, last] = [wanted, after]; ; ) {
      if (this.#why?.kind === "abandoned") throw new LeftError();
      const written = await this.#parts.journal.write(this.taken.address, ack, last, this.#payload);
      if (written.kind === "stored") return { ack, sequence: written.sequence };
      const { link } = written;
      if (isFinal(link.ack) && (after === 0 || mayEndOthers(link.ack))) return link;
      if (after !== 0) throw link.ack.instance === this.#parts.instance ? new LeftError() : replaced(link.ack);
      last = link.sequence;
      if (ack.attempt === 0) ack = begunBefore(ack, link.ack);
    }
  }
  #ack(state, attempt, rest) {
    const marked = this.#ends > 0 && !isFinal({ state }) ? { ends: this.#ends, ...rest } : rest;
    return ackOf(this.taken, this.#parts.instance, state, attempt, marked);
  }
};

// src/node/notices.ts
var Notices = class {
  #queue;
  #log;
  #signal;
  constructor(queue, log, signal) {
    this.#queue = queue;
    this.#log = log;
    this.#signal = signal;
  }
  /** Sends one after the other. A notice that the broker refuses is logged and dropped. */
  async send(notices) {
    for (const notice of notices) {
      try {
        await this.#queue.send([notice], { signal: this.#signal });
      } catch (error) {
        this.#signal.throwIfAborted();
        this.#log.error({ id: notice.id, to: notice.node }, `a notice was not stored: ${messageOf(error)}`);
      }
    }
  }
};
function noticesOf(address, final, settings) {
  const notices = [];
  if (isFailure(final) && typeAndSubject(address) !== "event.error") {
    const text = failureText(address, final);
    notices.push(event("error", address, { node: settings.central, subject: "error" }, text, settings));
  }
  const reply = final.message?.reply;
  if (reply !== void 0 && final.state !== "cancelled") {
    const text = final.output?.stdout || failureText(address, final);
    notices.push(event("reply", address, reply, text, settings));
  }
  return notices;
}
function quarantineNotice(lane, { since, reason }, settings) {
  const { name, central } = settings;
  const about = { node: name, messageType: "command", subject: lane, id: since };
  const text = `${since} ${name} ${lane} quarantined: ${reason}; \`steward lanes ${name} resume ${lane}\` resumes it
`;
  return event("held", about, { node: central, subject: "error" }, text, settings);
}
function isFailure({ state }) {
  return state !== "succeeded" && state !== "cancelled";
}
function failureText(address, { finishedAt, state, error }) {
  const why = error === void 0 ? "" : `: ${error.message} (${error.code})`;
  return `${finishedAt ?? ""} ${address.node} ${typeAndSubject(address)} ${address.id} ${state}${why}
`;
}
function event(prefix, about, to, text, { name }) {
  const createdAt = (/* @__PURE__ */ new Date()).toISOString();
  return { id: derivedId(prefix, about), ...to, messageType: "event", data: [text], from: name, createdAt };
}

// src/node/settle.ts
async function settle(parts, lane, process2, ending) {
  const { settings, kernel, holds, notices, taken: all, acknowledger, shutdown } = parts;
  const { taken } = process2;
  const end2 = await process2.close(ending);
  logEnd(parts, taken.address, end2);
  const verdict = kernel.judge(end2.ack);
  const reason = `${taken.address.id} ${end2.ack.state}: ${end2.ack.error?.message ?? "no reason given"}`;
  const isNew = verdict === "quarantine" && !holds.isJudged(lane.name, end2);
  const isKept = !isNew || await holds.quarantine(lane.name, reason, end2.sequence);
  const following2 = noticesOf(taken.address, end2.ack, settings);
  const hold = holds.of(lane.name);
  if (hold?.state === "quarantined" && hold.behind === end2.sequence) {
    following2.push(quarantineNotice(lane.name, hold, settings));
  }
  await notices.send(following2);
  kernel.settled(lane.name);
  if (isKept && all.remove(taken)) acknowledger.acknowledge(taken);
  if (end2.ack.instance !== parts.instance) return;
  if (verdict === "restart") lane.restart();
  if (verdict === "shutdown") shutdown.ask(new StewardError("shutDown", `stopped by the error kernel: ${reason}`));
}
function logEnd({ log }, address, { ack }) {
  const { state, durationMs } = ack;
  const level = state === "succeeded" && address.messageType === "event" ? "debug" : "info";
  log[level]({ id: address.id, lane: typeAndSubject(address), state, durationMs }, "message ended");
}

// src/node/lane.ts
var mostEnds = 256;
var Lane = class {
  name;
  #parts;
  #keeper;
  #backlog;
  #running = /* @__PURE__ */ new Map();
  #concurrency;
  #whenDone = [];
  #workers = 0;
  /** Messages whose end is being recorded and settled. */
  #ends = 0;
  #stopped = false;
  #broken = false;
  #brokeBehind = false;
  #interruption;
  constructor(name, concurrency, parts, keeper) {
    this.name = name;
    this.#concurrency = concurrency;
    this.#parts = parts;
    this.#keeper = keeper;
    this.#backlog = new Backlog(parts.payloads);
  }
  get waiting() {
    return this.#backlog.length;
  }
  get running() {
    return this.#running.size;
  }
  /** The processes of messages that run, and of those that the lane has opened to run next. */
  processes() {
    return [...this.#running.values()].flatMap(({ process: process2, ended }) => ended ? [] : process2 ?? []);
  }
  /**
   * The process of a running message. Undefined when the message waits or is not here, or when a broken lane left it
   * for the next one.
   */
  processOf({ messageType, subject, id }) {
    if (this.#broken) return void 0;
    const process2 = this.#running.get(id)?.process;
    const address = process2?.taken.address;
    return address?.messageType === messageType && address.subject === subject ? process2 : void 0;
  }
  /** Takes a message in. Deliveries come in stored order, so it goes after all others. */
  push(taken) {
    this.#backlog.push(taken);
    this.wake();
  }
  /** Continues with the waiting messages, if the lane may. */
  wake() {
    const workers = Math.min(this.#concurrency - this.#workers, this.#backlog.length);
    for (let started = 0; started < workers; started++) void this.#work();
  }
  /** Asks for another lane to take this one's place. */
  restart() {
    this.#keeper.restartSoon(this);
  }
  /** Begins no further message, and leaves those that wait for room. Resolves when the running ones have ended. */
  async stop() {
    this.#stopped = true;
    for (const process2 of this.processes()) process2.leaveIfWaiting();
    if (this.#workers + this.#ends > 0) await new Promise((resolve3) => this.#whenDone.push(resolve3));
  }
  /** Ends the running messages, without a final ACK; otherwise as `stop`. */
  async interrupt(kind) {
    const stopped = this.stop();
    this.#interruption = kind;
    for (const { process: process2 } of this.#running.values()) process2?.interrupt({ kind });
    await stopped;
  }
  /** All messages that the lane has not settled, in order: those that it ran when it broke, and those that wait. */
  unsettled() {
    return [...[...this.#running.values()].map(({ taken }) => taken), ...this.#backlog];
  }
  /** Forgets the waiting messages: the stream that they came from does not exist any more. */
  clear() {
    this.#backlog.clear();
  }
  /**
   * Runs one message after the other. After a success the final ACK and the next message's `started` are sent right
   * after each other on one connection. The next run begins when both are stored, or at once where a repeat does no
   * harm. After a failure the next message is not opened before the failed one is settled. When no message is left, the
   * worker ends in the same turn in which it sees that, so that a message that comes then starts another worker.
   */
  async #work() {
    this.#workers += 1;
    let next = this.#openNext();
    try {
      while (next !== void 0) {
        const current = await next;
        next = void 0;
        if (current !== void 0) {
          const { process: process2, opened, running: running2 } = current;
          const ending = await process2.run(opened);
          running2.ended = true;
          const settled = this.#settle(process2, ending);
          const succeeded = ending.kind === "ended" && ending.final.state === "succeeded";
          if (succeeded) next = this.#openNext();
          next?.catch(() => void 0);
          const goesOn = succeeded && opened.kind === "run" && opened.mayRepeat && this.#ends < mostEnds;
          if (goesOn) settled.catch((error) => this.#breakBehind(error));
          else await settled;
        }
        next ??= this.#openNext();
      }
    } catch (error) {
      this.#break(error);
      next?.then(leave, () => void 0);
    }
    this.#workers -= 1;
    this.#leave();
  }
  async #settle(process2, ending) {
    this.#ends += 1;
    try {
      await settle(this.#parts, this, process2, ending);
      this.#running.delete(process2.taken.address.id);
    } finally {
      this.#ends -= 1;
      this.#leave();
    }
  }
  #break(error) {
    const isExpected = isLeft(error) && (this.#interruption !== void 0 || this.#broken);
    this.#stopped = this.#broken = true;
    if (!isExpected) this.#keeper.broke(this, error);
  }
  /** Messages whose ends are recorded while the lane goes on fail together, and break the lane once. */
  #breakBehind(error) {
    if (!this.#brokeBehind) this.#break(error);
    this.#brokeBehind = true;
  }
  #leave() {
    if (this.#workers + this.#ends > 0) return;
    for (const done2 of this.#whenDone.splice(0)) done2();
    if (!this.#stopped && this.#backlog.length === 0) this.#keeper.idle(this);
  }
  #openNext() {
    if (this.#stopped || !this.#parts.holds.mayBegin(this.name)) return void 0;
    const taken = this.#backlog.take(({ address }) => !this.#running.has(address.id));
    if (taken === void 0) return void 0;
    const running2 = { taken, process: void 0, ended: false };
    this.#running.set(taken.address.id, running2);
    return this.#open(running2);
  }
  /** Makes the process of a message, and lets it check whether the message may run. */
  async #open(running2) {
    const { taken } = running2;
    const payload = taken.payload ?? await this.#backlog.payloadOf(taken);
    if (payload === void 0) {
      this.#parts.taken.remove(taken);
      this.#running.delete(taken.address.id);
      return void 0;
    }
    const process2 = new MessageProcess(taken, payload, this.#parts);
    running2.process = process2;
    if (this.#stopped) process2.leaveIfWaiting();
    if (this.#interruption !== void 0) process2.interrupt({ kind: this.#interruption });
    return { process: process2, opened: await process2.open(), running: running2 };
  }
};
function leave(message) {
  if (message?.opened.kind === "run") message.opened.turn?.end();
}

// src/node/dispatcher.ts
var restartDelay = 1e3;
var Dispatcher = class {
  #parts;
  #lanes;
  #stopped = false;
  constructor(parts, lanes) {
    this.#parts = parts;
    this.#lanes = lanes;
    onAbort(parts.shutdown.signal, () => {
      void this.stop();
      void this.#interrupt("abandoned");
    });
  }
  /** Takes in a message that the consumer delivered. */
  deliver(delivery) {
    const { taken: all } = this.#parts;
    if (all.renew(delivery) || this.#stopped) return;
    const taken = all.take(delivery);
    if (taken !== void 0) this.#laneOf(taken).push(taken);
  }
  /** Forgets all waiting messages: the stream was created again, and its sequences belong to other messages now. */
  forget() {
    this.#parts.taken.clear();
    for (const lane of this.#lanes.values()) {
      lane.clear();
      if (lane.running === 0) this.idle(lane);
    }
  }
  /** Lets no further message begin. Resolves when the running ones have ended. */
  async stop() {
    this.#stopped = true;
    this.#parts.suspects.stop();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.stop()));
  }
  /** After a stop: ends the running messages and records that. `hurried`: because a second signal asked for it. */
  async cutOff(hurried) {
    await this.#interrupt(hurried ? "hurried" : "cutOff");
  }
  /** While this is true, no lane begins a further message. */
  get draining() {
    return this.#parts.holds.isDraining || this.#stopped;
  }
  drain() {
    this.#parts.holds.isDraining = true;
  }
  endDrain() {
    this.#parts.holds.isDraining = false;
    for (const lane of this.#lanes.values()) lane.wake();
  }
  /** Continues a lane that was held. */
  wake(name) {
    this.#lanes.get(name)?.wake();
  }
  /**
   * Ends the messages that a lane runs, and continues with them in a new lane. Resolves when the new lane has taken
   * over; to false when the lane does not exist.
   */
  async restart(name) {
    const [lane, handler] = [this.#lanes.get(name), this.#handlerOf(name)];
    await lane?.interrupt("abandoned");
    handler?.reset?.();
    if (lane !== void 0) this.#replace(lane);
    return lane !== void 0 || handler?.reset !== void 0;
  }
  /** Cancels a running message. False when it waits, or is not here: then only the journal can decide. */
  cancel(request) {
    const lane = this.#lanes.get(laneOf(request)) ?? this.#lanes.get(unserved);
    return lane?.processOf(request)?.cancel(request.by) === true;
  }
  /** Every lane that has messages, and every lane that is held. */
  lanes() {
    const { holds, troubles } = this.#parts;
    const names2 = /* @__PURE__ */ new Set([...this.#lanes.keys(), ...holds.all().map(([name]) => name)]);
    return [...names2].toSorted().map((name) => laneReport(name, this.#lanes.get(name), holds.of(name), troubles.of(name)));
  }
  idle(lane) {
    if (this.#lanes.get(lane.name) === lane) this.#lanes.delete(lane.name);
  }
  broke(lane, error) {
    void this.#mend(lane, error).catch(() => void 0);
  }
  restartSoon({ name }) {
    void this.restart(name).catch((error) => this.#logBreak(name, error));
  }
  #laneOf({ address }) {
    const name = this.#nameFor(laneOf(address));
    let lane = this.#lanes.get(name);
    if (lane === void 0) {
      lane = new Lane(name, this.#handlerOf(name)?.concurrency ?? 1, this.#parts, this);
      this.#lanes.set(name, lane);
    }
    return lane;
  }
  /** Subjects without a handler share one lane: every sender can invent any number of them. */
  #nameFor(lane) {
    const hasItsOwn = this.#lanes.has(lane) || this.#parts.holds.of(lane) !== void 0;
    return hasItsOwn || this.#handlerOf(lane) !== void 0 ? lane : unserved;
  }
  #handlerOf(name) {
    const lane = parseLaneName(name);
    return lane && this.#parts.registry.find(lane);
  }
  async #interrupt(kind) {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.interrupt(kind)));
  }
  async #mend(lane, error) {
    const { settings, kernel, holds, notices, shutdown } = this.#parts;
    if (this.#stopped) return;
    if (error instanceof StewardError && error.code === "replaced") return shutdown.replaced(error);
    this.#logBreak(lane.name, error);
    if (lane.name !== unserved && kernel.judgeLane(lane.name) === "quarantine") {
      await holds.quarantine(lane.name, `it breaks again and again: ${messageOf(error)}`);
      const hold = holds.of(lane.name);
      if (hold !== void 0) await notices.send([quarantineNotice(lane.name, hold, settings)]);
    }
    setTimeout(() => void lane.stop().then(() => this.#replace(lane)), restartDelay).unref();
  }
  #logBreak(lane, error) {
    this.#parts.log.error({ lane, err: error }, `lane broke and is started again: ${messageOf(error)}`);
  }
  /** No message runs in the lane any more; several of its messages may have broken it. */
  #replace(lane) {
    if (this.#stopped || this.#lanes.get(lane.name) !== lane) return;
    this.#lanes.delete(lane.name);
    for (const taken of lane.unsettled()) if (this.#parts.taken.has(taken)) this.#laneOf(taken).push(taken);
  }
};

// src/node/holds.ts
var mostUnserved = 1e3;
var LaneHolds = class {
  #broker;
  #node;
  #log;
  #signal;
  #isServed;
  #entries = /* @__PURE__ */ new Map();
  /** The daemon drains: no lane begins a further message. Not stored, so it ends with the daemon. */
  isDraining = false;
  #lastWrite = Promise.resolve();
  constructor(broker, node, log, signal, isServed) {
    this.#broker = broker;
    this.#node = node;
    this.#log = log;
    this.#signal = signal;
    this.#isServed = isServed;
  }
  /** Reads the entries that an earlier daemon stored. */
  async load() {
    const prefix = laneHoldKey(this.#node, "");
    const ask = () => kvEntries(this.#broker, this.#broker.names.nodesBucket, `${prefix}>`);
    for (const [key, value] of await this.#broker.untilAnswered(ask, this.#signal)) {
      const [lane, entry] = [key.slice(prefix.length), parseLaneEntry(value)];
      if (entry !== void 0 && this.#hasRoom(lane)) this.#entries.set(lane, entry);
    }
    for (const [lane, { since, reason }] of this.all()) this.#log.warn({ lane, since }, `the lane is held: ${reason}`);
  }
  /** Whether a lane may begin a further message. */
  mayBegin(lane) {
    return !this.isDraining && this.of(lane) === void 0;
  }
  /** The hold on a lane; undefined when it is not held. */
  of(lane) {
    return holdOf(this.#entries.get(lane));
  }
  all() {
    return [...this.#entries.keys()].flatMap((lane) => {
      const hold = this.of(lane);
      return hold === void 0 ? [] : [[lane, hold]];
    });
  }
  /**
   * Holds a lane. A quarantine lasts until it is resumed; a pause does not replace it. False when the hold was not
   * stored.
   * @throws StewardError refused for one more lane without a handler, when too many are held already
   */
  async hold(lane, hold) {
    const before = this.#entries.get(lane);
    if (before?.state === "quarantined" && hold.state === "paused") return true;
    if (!this.#hasRoom(lane)) {
      throw new StewardError("refused", `${mostUnserved} lanes without a handler are held already, which is the most`);
    }
    this.#log.error({ lane, by: hold.by }, `the lane is ${hold.state}: ${hold.reason}`);
    const reason = cut(hold.reason, longestReason);
    return this.#store(lane, { ...hold, reason, behind: hold.behind ?? before?.behind });
  }
  /** Holds a lane by a verdict of the error kernel. */
  async quarantine(lane, reason, behind) {
    return this.hold(lane, { state: "quarantined", since: (/* @__PURE__ */ new Date()).toISOString(), by: "kernel", reason, behind });
  }
  /**
   * True for a final ACK that was judged before: a copy or a crash may bring it again. The time is compared as well,
   * because in a log that was deleted and created again the sequences start at 1.
   */
  isJudged(lane, { sequence, ack }) {
    const entry = this.#entries.get(lane);
    return entry !== void 0 && sequence <= (entry.behind ?? 0) && (ack.finishedAt ?? "") <= entry.since;
  }
  /** Resumes a lane. False when that was not stored: the next daemon will hold it again. */
  async resume(lane, by) {
    if (this.of(lane) === void 0) return true;
    const behind = this.#entries.get(lane)?.behind;
    this.#log.info({ lane, by }, "the lane is resumed");
    return this.#store(lane, { state: "resumed", since: (/* @__PURE__ */ new Date()).toISOString(), by, behind });
  }
  /** Writes all entries again, since the bucket may have been deleted and created again. */
  async rewrite() {
    for (const [lane, entry] of this.#entries) await this.#store(lane, entry);
  }
  /** Lanes with a handler are few; the names of others can be invented by anyone who may ask for a pause. */
  #hasRoom(lane) {
    return this.#entries.size < mostUnserved || this.#entries.has(lane) || this.#isServed(lane);
  }
  async #store(lane, entry) {
    this.#entries.set(lane, entry);
    const { nodesBucket } = this.#broker.names;
    const key = laneHoldKey(this.#node, lane);
    const write2 = () => kvPut(this.#broker, nodesBucket, key, toJson(entry), {}, this.#signal);
    const writing = this.#lastWrite.then(write2);
    this.#lastWrite = writing.catch(() => void 0);
    const stored = await writing;
    if (stored.kind === "refused") this.#log.error({ lane }, `the hold of the lane was not stored: ${stored.reason}`);
    return stored.kind === "stored";
  }
};

// src/inputs/inbox.ts
import { watch } from "node:fs/promises";
import { dirname as dirname4, join as join9 } from "node:path";
import { setTimeout as setTimeout4 } from "node:timers/promises";

// src/inputs/paste-sender.ts
import { unlink } from "node:fs/promises";
import { join as join7 } from "node:path";

// src/inputs/paste.ts
import { open as open3 } from "node:fs/promises";

// src/inputs/sources.ts
import { createWriteStream } from "node:fs";
import { mkdir as mkdir3, open as open2, rename as rename2, stat as stat2 } from "node:fs/promises";
import { dirname as dirname3 } from "node:path";
import { pipeline } from "node:stream/promises";

// src/inputs/places.ts
import { constants as constants6 } from "node:fs";
import { access, lstat, mkdir as mkdir2, open, readdir as readdir2, realpath, stat } from "node:fs/promises";
import { basename, dirname as dirname2, join as join6, parse as parse3, sep } from "node:path";
async function findPlaces(path) {
  const isMissing = await statIfThere(path) === void 0;
  if (isMissing) await (path.endsWith(sep) ? mkdir2(path, { mode: 448 }) : createLike(path));
  const source = await realpath(path);
  const stats = await stat(source);
  if (!stats.isFile() && !stats.isDirectory()) {
    throw new StewardError("fileUnreadable", `${source} is neither a regular file nor a folder`);
  }
  const kind = stats.isDirectory() ? "folder" : "file";
  const inside = folderOf({ kind, source });
  await access(inside, constants6.W_OK | constants6.X_OK);
  const stem = kind === "folder" ? join6(source, "inmsg") : join6(inside, parse3(source).name);
  const taking = `${stem}.taking`;
  await mkdir2(taking, { recursive: true, mode: 448 });
  const nextId = monotonicFactory();
  const newest = (await listTaken(taking)).at(-1);
  if (newest !== void 0) nextId(decodeTime(newest) + 1);
  return {
    kind,
    source,
    folder: identityOf(await stat(inside)),
    taking,
    rejected: `${stem}.rejected.txt`,
    nextId: () => nextId()
  };
}
async function isStill(path, places2) {
  if (places2 === void 0) return false;
  const inside = await statIfThere(folderOf(places2));
  if (inside === void 0 || identityOf(inside) !== places2.folder) return false;
  const source = await realpath(path).catch((error) => {
    if (isErrno2(error, "ENOENT")) return void 0;
    throw error;
  });
  if (source !== void 0)
    return source === places2.source && (await stat(source)).isDirectory() === (places2.kind === "folder");
  return await lstat(path).catch(() => void 0) === void 0;
}
function folderOf({ kind, source }) {
  return kind === "folder" ? source : dirname2(source);
}
function identityOf({ dev, ino }) {
  return `${dev} ${ino}`;
}
async function listSources({ kind, source }) {
  if (kind === "file") return [source];
  const files = [];
  for (const name of (await readdir2(source)).filter(isSourceName).toSorted()) {
    const path = join6(source, name);
    const stats = await statIfThere(path);
    if (stats?.isFile() === true) files.push({ path, writtenAt: stats.mtimeMs });
  }
  return files.toSorted((a, b) => a.writtenAt - b.writtenAt).map(({ path }) => path);
}
function concerns({ kind, source }, path) {
  return path === source || kind === "folder" && isSourceName(basename(path));
}
async function listTaken(taking) {
  return (await readdir2(taking)).filter((name) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(name)).toSorted();
}
async function createLike(path, former) {
  try {
    var _stack = [];
    try {
      const file = __using(_stack, await open(path, former === void 0 ? "a" : "ax", 384), true);
      if (former !== void 0) {
        await file.chown(former.uid, former.gid).catch(() => void 0);
        await file.chmod(former.mode & 511);
      }
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  } catch (error) {
    if (!isErrno2(error, "EEXIST")) throw error;
  }
}
async function statIfThere(path) {
  return await stat(path).catch((error) => {
    if (isErrno2(error, "ENOENT")) return void 0;
    throw error;
  });
}
function isErrno2(error, code) {
  return error instanceof Error && "code" in error && error.code === code;
}
function isSourceName(name) {
  return !name.startsWith(".") && !/\.rejected\.txt$|\.taking$|~$/.test(name);
}

// src/inputs/stillness.ts
function createStillness(former) {
  let before = former && lookOf(former.seen);
  let since = performance.now() - (former?.forMs ?? 0);
  return (seen) => {
    const now = lookOf(seen);
    if (now !== before) since = performance.now();
    before = now;
    return performance.now() - since;
  };
}
function lookOf(seen) {
  return seen === void 0 ? "missing" : `${seen.ino} ${seen.size} ${seen.mtimeMs}`;
}
async function isFinished(tail, forMs, { settled, yaml, cut: cut2 }, isCut) {
  if (forMs < settled) return false;
  if (tail === "cut") return forMs >= cut2;
  return tail !== "yaml" || forMs >= yaml && (forMs >= cut2 || !await isCut());
}

// src/inputs/sources.ts
function fileSource(path, kind) {
  return {
    name: path,
    still: createStillness(),
    async stat() {
      const stats = await statIfThere(path);
      if (stats?.isFile() === false) throw new StewardError("fileUnreadable", `${path} is not a regular file`);
      return stats;
    },
    async read() {
      var _stack = [];
      try {
        const file = __using(_stack, await open2(path), true);
        return await readWindow(file, 0);
      } catch (_) {
        var _error = _, _hasError = true;
      } finally {
        var _promise = __callDispose(_stack, _error, _hasError);
        _promise && await _promise;
      }
    },
    async take(to) {
      const former = await stat2(path);
      await mkdir3(dirname3(to), { recursive: true, mode: 448 });
      await rename2(path, to);
      if (kind === "file") await createLike(path, former);
      await syncFolder(dirname3(to));
      return void 0;
    }
  };
}
function leftoverSource(name, file, from) {
  let offset = from;
  return {
    name,
    still: createStillness(),
    async stat() {
      const { ino, size, mtimeMs } = await file.stat();
      return { ino, size: size - offset, mtimeMs };
    },
    read: () => readWindow(file, offset),
    async take(to) {
      const { size } = await file.stat();
      await pipeline(
        file.createReadStream({ start: offset, end: size - 1, autoClose: false }),
        createWriteStream(to, { flags: "wx", mode: 384, flush: true })
      );
      offset = size;
      await syncFolder(dirname3(to));
      return await stat2(to);
    },
    [Symbol.asyncDispose]: () => file.close()
  };
}
async function readWindow(file, offset) {
  const { size } = await file.stat();
  const buffer = Buffer.alloc(Math.max(0, Math.min(size - offset, maxDocumentBytes)));
  const { bytesRead } = await file.read({ buffer, position: offset });
  return buffer.subarray(0, bytesRead);
}
async function syncFolder(path) {
  var _stack = [];
  try {
    const folder2 = __using(_stack, await open2(path), true);
    await folder2.sync();
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}

// src/inputs/paste.ts
async function openPaste(id, path, still) {
  return {
    id,
    path,
    file: await open3(path),
    still: createStillness(still),
    position: { offset: 0, line: 1, elements: 0, brokenParts: 0 },
    rejections: []
  };
}
async function reopen(paste) {
  return { ...paste, file: await open3(paste.path) };
}
async function readBatch({ id, file, position }, size, isFinished2, parse5) {
  const { line, offset } = position;
  const window = await readWindow(file, offset);
  let { parts, end: end2, tail } = await parseDocuments(window, { mayGrow: true, line });
  const isAll = offset + window.length === size;
  const isTooLarge = window.length === maxDocumentBytes;
  if (end2 === 0 && tail !== void 0 && (isTooLarge || isAll && await isFinished2(tail, window))) {
    ({ parts, end: end2 } = await parseDocuments(window, { line }));
  }
  if (end2 === 0) return void 0;
  const messages = [];
  const rejections = [];
  let { elements, brokenParts } = position;
  for (const part of parts) {
    if (part.kind === "broken") {
      rejections.push({ key: `${id}-broken-${brokenParts++}`, reason: part.reason, text: part.text });
      continue;
    }
    const key = `${id}-${elements++}`;
    const entry = parse5(part.value);
    if (entry.ok) messages.push({ message: { ...entry.message, id: key }, text: part.text });
    else rejections.push({ key, reason: entry.reason, text: part.text });
  }
  return {
    messages,
    rejections,
    next: { offset: offset + end2, line: line + countLines(window.subarray(0, end2)), elements, brokenParts }
  };
}

// src/inputs/rejected.ts
import { open as open4 } from "node:fs/promises";
async function appendRejected(path, id, rejections) {
  var _stack = [];
  try {
    const file = __using(_stack, await open4(path, "a+", 384), true);
    const { size } = await file.stat();
    const from = Math.max(0, size - maxReadBack);
    const { buffer: written } = await file.read({ buffer: Buffer.alloc(size - from), position: from });
    const isTorn = size > 0 && written.at(-1) !== 10;
    const known = keysIn(written.subarray(0, isTorn ? lastEntryStart(written) : written.length));
    const missing2 = rejections.filter(({ key }) => !known.has(key));
    if (missing2.length === 0) return 0;
    const taken = new Date(decodeTime(id)).toISOString();
    const entries = missing2.flatMap(({ key, reason, text }) => [
      `# ${taken} ${key} ${joinedLines(reason)}
`,
      text,
      "\n\n"
    ]);
    await file.appendFile(Buffer.concat([isTorn ? "\n" : "", ...entries].map((piece) => Buffer.from(piece))));
    await file.sync();
    return missing2.length;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
var maxReadBack = 16 * 1024 * 1024;
function keysIn(written) {
  return new Set(Array.from(written.toString("latin1").matchAll(/^# \S+ (\S+)/gm), ([, key]) => key ?? ""));
}
function lastEntryStart(written) {
  return Math.max(0, written.lastIndexOf("\n# "));
}

// src/inputs/paste-sender.ts
var mostOpen = 100;
function createPasteSender(options) {
  const { places: places2, parse: parse5, send, log, patience, signal, repeatedly, onDeleted } = options;
  const pastes = /* @__PURE__ */ new Map();
  const resting = /* @__PURE__ */ new Map();
  const expected = /* @__PURE__ */ new Map();
  const round = async () => {
    const ids = await repeatedly(`read the folder ${places2.taking}`, () => listTaken(places2.taking)) ?? [];
    let [isBusy, isFull] = [false, false];
    for (const id of ids) {
      isFull ||= !pastes.has(id) && pastes.size >= mostOpen;
      if (isFull && !pastes.has(id)) continue;
      const isDone = await repeatedly(`send the paste ${join7(places2.taking, id)}`, () => advance(id));
      if (signal.aborted) return false;
      isBusy ||= isDone === false;
    }
    return isBusy || isFull;
  };
  const opened = async (id) => {
    const [path, former] = [join7(places2.taking, id), resting.get(id)];
    const paste = await (former === void 0 ? openPaste(id, path, expected.get(id)) : reopen(former));
    expected.delete(id);
    resting.delete(id);
    pastes.set(id, paste);
    return paste;
  };
  const advance = async (id) => {
    const paste = pastes.get(id) ?? await opened(id);
    const seen = await paste.file.stat();
    const still = paste.still(seen);
    const mayEnd = (tail, bytes) => {
      return isFinished(tail, still, patience, () => isCutYaml(bytes));
    };
    await writeRejections(paste);
    while (paste.rejections.length === 0) {
      const batch2 = await readBatch(paste, seen.size, mayEnd, parse5);
      if (batch2 === void 0) break;
      await sendBatch(paste, batch2);
    }
    if (still < patience.settled) return false;
    if (paste.position.offset < seen.size || paste.rejections.length > 0) {
      pastes.delete(id);
      resting.set(id, paste);
      await paste.file.close();
      return true;
    }
    await unlink(paste.path);
    pastes.delete(id);
    await onDeleted(paste.path, paste.file, paste.position.offset);
    return true;
  };
  const sendBatch = async (paste, batch2) => {
    paste.rejections = batch2.rejections;
    await writeRejections(paste);
    const refused = await sendInOrder(batch2.messages);
    paste.position = batch2.next;
    paste.rejections = [...paste.rejections, ...refused];
    await writeRejections(paste);
    const sent = batch2.messages.length - refused.length;
    if (sent > 0) log.info({ paste: paste.id }, `inbox: sent ${sent} message${sent === 1 ? "" : "s"}`);
  };
  const sendInOrder = async (messages) => {
    const [first] = messages;
    if (first === void 0) return [];
    try {
      const batch2 = messages.map(({ message }) => message);
      await send(batch2, signal);
      return [];
    } catch (error) {
      if (signal.aborted || !(error instanceof StewardError)) throw error;
      if (messages.length === 1) return [{ key: first.message.id, reason: error.message, text: first.text }];
      const middle = Math.floor(messages.length / 2);
      return [...await sendInOrder(messages.slice(0, middle)), ...await sendInOrder(messages.slice(middle))];
    }
  };
  const writeRejections = async (paste) => {
    const [first] = paste.rejections;
    if (first === void 0) return;
    await repeatedly(`write to ${places2.rejected}`, async () => {
      const written = await appendRejected(places2.rejected, paste.id, paste.rejections);
      paste.rejections = [];
      if (written === 0) return;
      const text = `inbox: moved ${written} of a paste's parts to ${places2.rejected}; the first: ${first.reason}`;
      log.warn({ paste: paste.id }, text);
    });
  };
  return {
    round,
    expect: (id, still) => void expected.set(id, still),
    async [Symbol.asyncDispose]() {
      for (const { file } of pastes.values()) await file.close();
    }
  };
}

// src/inputs/repeatedly.ts
var forgottenAfter = 5e3;
function createRepeatedly(log, signal, onTrouble = () => {
}) {
  const logged = /* @__PURE__ */ new Map();
  const failing = /* @__PURE__ */ new Map();
  const reportTrouble = () => {
    for (const [what, { at }] of failing) {
      if (performance.now() - at < forgottenAfter) continue;
      failing.delete(what);
      logged.delete(what);
    }
    const [first] = failing.values();
    onTrouble(first?.error);
  };
  return async (what, action) => {
    try {
      const result = await action();
      if (logged.delete(what)) log.info(`inbox: can ${what} again`);
      failing.delete(what);
      return result;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : messageOf(error);
      if (!signal.aborted && logged.get(what) !== code) {
        const advice = /^(?:EACCES|EPERM|EROFS)$/.test(code) ? "; let this user read it and write in its folder" : "";
        log.error(`inbox: cannot ${what}: ${messageOf(error)}${advice}; trying again every second`);
        logged.set(what, code);
      }
      if (error instanceof Error && errnoOf(error) !== "") failing.set(what, { error, at: performance.now() });
      return void 0;
    } finally {
      if (!signal.aborted) reportTrouble();
    }
  };
}

// src/inputs/rounds.ts
import { setTimeout as setTimeout3 } from "node:timers/promises";
var busyMs = 50;
var idleMs3 = 1e3;
function startRounds(signal, round) {
  let alarm = new AbortController();
  const wake = () => alarm.abort();
  const run3 = async () => {
    while (!signal.aborted) {
      alarm = new AbortController();
      const isBusy = await round();
      if (signal.aborted) break;
      await setTimeout3(isBusy ? busyMs : idleMs3, void 0, { signal: alarm.signal }).catch(() => void 0);
    }
  };
  onAbort(signal, wake);
  return { wake, ended: run3() };
}

// src/inputs/taker.ts
import { join as join8 } from "node:path";
function createTaker({ places: places2, patience, repeatedly, onTaken }) {
  let files = /* @__PURE__ */ new Map();
  const leftovers = [];
  const closed = /* @__PURE__ */ new WeakSet();
  let current;
  const round = async () => {
    const paths = await repeatedly(`read the folder ${places2.source}`, () => listSources(places2)) ?? [];
    files = new Map(paths.map((path) => [path, files.get(path) ?? fileSource(path, places2.kind)]));
    let isBusy = false;
    for (const source of [...files.values(), ...leftovers]) {
      if (closed.has(source)) continue;
      current = source;
      const isBeingWritten = await repeatedly(`take ${source.name}`, () => consider(source));
      isBusy ||= isBeingWritten === true;
    }
    return isBusy;
  };
  const consider = async (source) => {
    const seen = await source.stat();
    const still = source.still(seen);
    if (seen === void 0) {
      if (still >= patience.settled && places2.kind === "file") await createLike(source.name);
      return false;
    }
    if (seen.size <= 0) return false;
    const bytes = await source.read();
    if (skipBlank(bytes, 0) === bytes.length) return false;
    if (!await mayTake(bytes, still, patience)) return still < patience.settled;
    const id = places2.nextId();
    const copy = await source.take(join8(places2.taking, id));
    onTaken(id, { seen: copy ?? seen, forMs: still });
    return false;
  };
  return {
    round,
    adopt: async (name, file, offset) => {
      leftovers.push(leftoverSource(name, file, offset));
      const oldest = leftovers.find((one) => one !== current);
      if (leftovers.length <= maxLeftovers || oldest === void 0) return;
      leftovers.splice(leftovers.indexOf(oldest), 1);
      closed.add(oldest);
      await oldest[Symbol.asyncDispose]();
    },
    async [Symbol.asyncDispose]() {
      for (const leftover of leftovers.splice(0)) await leftover[Symbol.asyncDispose]();
    }
  };
}
var maxLeftovers = 64;
async function mayTake(bytes, still, patience) {
  if (bytes.length === maxDocumentBytes) return true;
  const { parts, end: end2, tail } = await parseDocuments(bytes, { mayGrow: true });
  if (end2 === bytes.length) return true;
  if (parts.length > 0) return still >= patience.settled;
  return isFinished(tail, still, patience, () => isCutYaml(bytes));
}

// src/inputs/inbox.ts
function startInbox(options) {
  const stopping = new AbortController();
  let running2 = Promise.resolve();
  const ready = new Promise((resolve3) => {
    running2 = run2(options, stopping.signal, resolve3).finally(resolve3);
  });
  const stop = async () => {
    stopping.abort();
    await running2;
  };
  return { ready, stop, [Symbol.asyncDispose]: stop };
}
async function run2(options, signal, onReady) {
  const { path, log, onTrouble } = options;
  const repeatedly = createRepeatedly(log, signal, onTrouble);
  let here;
  const former = /* @__PURE__ */ new Map();
  while (!signal.aborted) {
    const places2 = await repeatedly(`open ${path}`, async () => {
      return await isStill(path, here?.places) ? here?.places : findPlaces(path);
    });
    if (places2 !== void 0 && places2 !== here?.places && !signal.aborted) {
      if (here !== void 0) {
        log.info(`inbox: ${path} is ${places2.source} now, or its folder was replaced`);
        former.set(here.places.taking, here);
        void here.finish();
      }
      await former.get(places2.taking)?.stop();
      former.delete(places2.taking);
      here = watchPlaces(places2, options, signal, repeatedly);
    }
    onReady();
    await setTimeout4(1e3, void 0, { signal }).catch(() => void 0);
  }
  await here?.stop();
  for (const one of former.values()) await one.stop();
}
function watchPlaces(places2, { parse: parse5, send, log, settleMs: settleMs2 = 1e3, yamlMs = 5e3, cutMs = 6e4 }, signal, repeatedly) {
  const [left, stopped] = [new AbortController(), new AbortController()];
  const sendingEnd = AbortSignal.any([signal, stopped.signal]);
  const takingEnd = AbortSignal.any([sendingEnd, left.signal]);
  const common = { places: places2, patience: { settled: settleMs2, yaml: yamlMs, cut: cutMs }, repeatedly };
  const taker = createTaker({
    ...common,
    onTaken: (id, still) => {
      sender.expect(id, still);
      sending.wake();
    }
  });
  const sender = createPasteSender({ ...common, parse: parse5, send, log, signal: sendingEnd, onDeleted: taker.adopt });
  const sending = startRounds(sendingEnd, sender.round);
  const taking = startRounds(takingEnd, taker.round);
  const watching = wakeOnChanges(places2, taking.wake, log, takingEnd);
  const stop = async () => {
    stopped.abort();
    await Promise.all([taking.ended, sending.ended, watching]);
    await sender[Symbol.asyncDispose]();
    await taker[Symbol.asyncDispose]();
  };
  const finish = async () => {
    left.abort();
    await taking.ended;
    const isEmpty = async () => (await listTaken(places2.taking).catch(() => [])).length === 0;
    while (!sendingEnd.aborted && !await isEmpty()) {
      await setTimeout4(1e3, void 0, { signal: sendingEnd }).catch(() => void 0);
    }
    await stop();
  };
  return { places: places2, finish, stop };
}
async function wakeOnChanges(places2, wake, log, signal) {
  const folder2 = places2.kind === "folder" ? places2.source : dirname4(places2.source);
  try {
    for await (const { filename } of watch(folder2, { signal })) {
      if (filename === null || concerns(places2, join9(folder2, filename))) wake();
    }
  } catch (error) {
    if (!signal.aborted) log.warn(`inbox: ${folder2} is only checked every second: ${messageOf(error)}`);
  }
}

// src/node/inbox-feed.ts
function feedFromInbox(path, from, queue, log, troubles) {
  return startInbox({
    path,
    log,
    parse: parse4,
    onTrouble: (error) => {
      if (error === void 0) troubles.end("inbox");
      else troubles.report("inbox", isNotNow(error) ? "noRoom" : "fileUnreadable", messageOf(error));
    },
    send: async (entries, signal) => {
      const messages = entries.flatMap(({ draft, id }) => toMessages(draft, { from, id }));
      await queue.send(messages, { signal }).catch(passing);
      log.info({ messages: messages.length, ids: messages.map(({ id }) => id) }, "sent from the inbox");
    }
  });
}
var lasting = ["tooLarge", "badMessage"];
function passing(error) {
  if (error instanceof StewardError && !lasting.includes(error.code)) throw new Error(error.message, { cause: error });
  throw error;
}
function parse4(value) {
  try {
    return { ok: true, message: { draft: parseDraft(value) } };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

// src/broker/read/pull.ts
var import_nats = __toESM(require_nats(), 1);
var batch = 1e3;
var maxBytes = 512 * 1024;
var busy = { expiresMs: 6e4, heartbeatMs: 2e3, silenceMs: 4250 };
var idle = { expiresMs: 12e4, silenceMs: 125e3 };
var Pull = class {
  #broker;
  #node;
  #events;
  #subscriptions;
  #inbox = (0, import_nats.createInbox)();
  #request = 0;
  #lastDelivery = 0;
  #behind = false;
  #patience = busy;
  /** Nothing has come for the latest request so far. */
  #quiet = true;
  /** The messages and bytes that may still come for the open requests, approximately. */
  #left = { messages: 0, bytes: 0 };
  #silence;
  constructor(broker, node, events) {
    this.#broker = broker;
    this.#node = node;
    this.#events = events;
    const { nc, names: names2 } = broker;
    const elected = `$JS.EVENT.ADVISORY.CONSUMER.LEADER_ELECTED.${names2.messages}.${node}`;
    this.#subscriptions = [
      nc.subscribe(`${this.#inbox}.*`, { callback: (_error, msg) => this.#receive(msg) }),
      nc.subscribe(elected, { callback: () => this.#askAnew() })
    ];
    this.#askAnew();
  }
  stop() {
    clearTimeout(this.#silence);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }
  /** Repeats an idle request: the broker has no open request. Requests with heartbeats notice that themselves. */
  askIfIdle() {
    if (this.#patience === idle) this.#askAnew();
  }
  /** Forgets the earlier requests, which are closed or lost, and asks again. */
  #askAnew(limit = maxBytes, patience = busy) {
    this.#left = { messages: 0, bytes: 0 };
    this.#ask(limit, patience);
  }
  #ask(limit, patience) {
    const { names: names2, nc } = this.#broker;
    if (this.#events.isFull()) return this.#waitForRoom();
    const { expiresMs, heartbeatMs = 0 } = patience;
    this.#patience = patience;
    this.#quiet = true;
    this.#left = { messages: this.#left.messages + batch, bytes: this.#left.bytes + limit };
    const request = { batch, max_bytes: limit, expires: expiresMs * 1e6, idle_heartbeat: heartbeatMs * 1e6 };
    const reply = `${this.#inbox}.${++this.#request}`;
    nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${names2.messages}.${this.#node}`, JSON.stringify(request), { reply });
    this.#heard();
  }
  #receive(msg) {
    const place = deliveryPlace(msg.reply);
    if (place === void 0) {
      if (msg.headers?.code === statusCodes.heartbeat) return this.#heartbeat(msg);
      if (msg.subject === `${this.#inbox}.${this.#request}`) this.#status(msg);
      return;
    }
    this.#heard();
    if (place.delivery !== this.#lastDelivery + 1) {
      return this.#end("gap", `delivery ${place.delivery} came after ${this.#lastDelivery}`);
    }
    this.#lastDelivery = place.delivery;
    this.#behind = false;
    this.#quiet = false;
    this.#left.messages -= 1;
    this.#left.bytes -= msg.data.length + msg.subject.length;
    const isLow = this.#left.messages < batch / 2 || this.#left.bytes < maxBytes / 2;
    if (isLow || this.#patience === idle) this.#ask(maxBytes, busy);
    const { sequence, storedAt, ackSubject: ackSubject2 } = place;
    this.#events.deliver({
      sequence,
      subject: msg.subject,
      ackSubject: ackSubject2,
      storedAt,
      data: msg.data,
      headers: msg.headers
    });
  }
  #waitForRoom() {
    this.#patience = busy;
    this.#heard();
  }
  /** The heartbeat of any open request; on a link with long delays it is seldom the latest. */
  #heartbeat(msg) {
    const last = Number(msg.headers?.get("Nats-Last-Consumer"));
    const behind = last > this.#lastDelivery;
    if (behind && this.#behind) return this.#end("gap", `delivery ${last} is missing after ${this.#lastDelivery}`);
    this.#behind = behind;
    this.#heard();
  }
  #status(msg) {
    const code = msg.headers?.code ?? 0;
    const description = msg.headers?.description ?? "";
    if (code === statusCodes.nobodyListens || /consumer deleted/i.test(description))
      return this.#end("consumerGone", description);
    if (/^(exceeded|bad request|consumer is push)/i.test(description)) {
      this.#patience = busy;
      this.#heard();
      return this.#events.refused(description);
    }
    const stuck = /exceeds maxbytes/i.test(description) && Number(msg.headers?.get("Nats-Pending-Messages")) === batch;
    const isIdle = code === statusCodes.requestExpired && this.#quiet;
    this.#askAnew(stuck ? this.#broker.maxPayload + maxBytes : maxBytes, isIdle ? idle : busy);
  }
  #heard() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#askAnew(), this.#patience.silenceMs);
  }
  #end(why, detail) {
    this.stop();
    this.#events.ended(why, detail);
  }
};

// src/node/intake.ts
var Intake = class {
  #parts;
  #dispatcher;
  #pull;
  #stopped = false;
  #resyncing;
  #reason = "";
  #asked = 0;
  #created;
  #wasFull = false;
  /** How many resyncs there have been, by reason. */
  resyncs = {};
  constructor(parts, dispatcher) {
    this.#parts = parts;
    this.#dispatcher = dispatcher;
  }
  /** Whether messages come in: not while the connection is lost, during a resync, or once stopped. */
  get live() {
    return this.#parts.acknowledger.isOpen && !this.#stopped;
  }
  /**
   * The consumer as it is now. The answer also sets the broker's clock again, since that clock may have been changed,
   * or this machine may have slept.
   */
  async look() {
    const { broker, settings, clock } = this.#parts;
    return clock.reading(() => consumerInfo(broker, settings.name, 3));
  }
  /** Asks again for messages: the broker has no open request. */
  askIfIdle() {
    if (this.live) this.#pull?.askIfIdle();
  }
  /** Begins a new epoch of deliveries. A resync that is asked for during another one follows it. */
  async resync(reason) {
    this.#reason = reason;
    this.#asked += 1;
    this.#resyncing ??= this.#resyncAll();
    await this.#resyncing;
  }
  /** Takes no further messages; those taken in can still be acknowledged. */
  stop() {
    this.#stopped = true;
    this.#pull?.stop();
  }
  /** Ends the epoch. Also while the connection is lost, since an acknowledgement sent then would go out later. */
  pause() {
    this.#parts.acknowledger.close();
    this.#pull?.stop();
  }
  async #resyncAll() {
    const { broker, log, shutdown } = this.#parts;
    const { signal } = shutdown;
    let logged = "";
    for (let done2 = 0, tries = 0; done2 !== this.#asked && !signal.aborted; tries++) {
      const [asked, reason] = [this.#asked, this.#reason];
      try {
        await this.#resyncOnce(tries);
        done2 = asked;
        this.resyncs[reason] = (this.resyncs[reason] ?? 0) + 1;
        log.info({ reason }, "resynced");
      } catch (error) {
        if (signal.aborted) return;
        const text = messageOf(error);
        log[isSilence(error) || text === logged ? "debug" : "warn"](`cannot resync yet: ${text}; trying again`);
        if (!isSilence(error)) logged = text;
        await broker.backOff(tries, signal).catch(() => void 0);
      }
    }
    this.#resyncing = void 0;
  }
  async #resyncOnce(tries) {
    const { broker, settings, clock, log, taken, acknowledger } = this.#parts;
    this.pause();
    const { changed, refusal } = await restoreConsumer(broker, settings.name, tries);
    if (refusal !== void 0) log.error(`the consumer's ${changed.join(", ")} cannot be restored: ${refusal}`);
    else if (changed.length > 0) log.warn(`the consumer's ${changed.join(", ")} was changed; restored`);
    const { created } = await clock.reading(() => resetConsumer(broker, settings.name, tries));
    if (this.#created !== void 0 && this.#created !== created) this.#voided();
    this.#created = created;
    if (this.#stopped) return;
    taken.expectRenewals();
    this.#pull = new Pull(broker, settings.name, {
      deliver: (delivery) => this.#dispatcher.deliver(delivery),
      isFull: () => this.#isFull(),
      refused: (reason) => log.error(`the broker refuses to deliver (${reason}); check the consumer's limits`),
      ended: (why, detail) => {
        log.warn({ why, detail }, "deliveries ended; resync");
        void this.resync(why);
      }
    });
    acknowledger.open();
  }
  /** Whether further messages must stay in the queue; logs when that begins. */
  #isFull() {
    const { taken, log } = this.#parts;
    if (!taken.isNearlyFull) this.#wasFull = false;
    if (taken.isFull && !this.#wasFull) {
      this.#wasFull = true;
      log.warn(`${taken.count} messages wait here, as many as fit in memory; more are taken in when some have ended`);
    }
    return taken.isFull;
  }
  /** The queue was deleted and created again, and probably the buckets too. */
  #voided() {
    this.#dispatcher.forget();
    void announce(this.#parts);
  }
};

// src/node/kernel.ts
var breaksAllowed = 3;
var Kernel = class {
  #settings;
  #breaks = /* @__PURE__ */ new Map();
  /** How many verdicts were given, by their kind. */
  verdicts = {};
  constructor(settings) {
    this.#settings = settings;
  }
  /** Whether a failed run is repeated. The wait doubles with each attempt and has jitter. */
  judgeRun({ message, attempt, error }) {
    const rule = policyFor(this.#settings.config(), laneOf(message), error.code);
    const allowed = message.retries ?? rule?.retries ?? this.#settings.retries;
    const retries = rule?.verdict === "retry" ? Infinity : allowed;
    if (message.delivery === "atMostOnce" || error.isTerminal || attempt > retries) return { kind: "record" };
    const first = parseDuration(message.retryWait ?? "") ?? rule?.retryWait ?? this.#settings.retryWait;
    const wait = Math.min(first * 2 ** Math.min(attempt - 1, 30), Math.max(first, maxRetryWait));
    this.#count("retry");
    return { kind: "retry", afterMs: Math.min(longestTimer, Math.round(wait * (0.75 + Math.random() / 2))) };
  }
  /**
   * The verdict on the lane of a message that ended. Rejected, expired and cancelled messages are no reason to stop a
   * lane.
   */
  judge(final) {
    const state = knownState(final);
    if (state !== "failed" && state !== "interrupted") return "continue";
    return this.#count(this.#afterFailure(laneOf(final), final.error?.code ?? ""));
  }
  /** Records that a lane has settled a message, and so works. */
  settled(lane) {
    this.#breaks.delete(lane);
  }
  /** The verdict on a lane that broke: it is started again, unless it breaks again and again. */
  judgeLane(lane) {
    const breaks = (this.#breaks.get(lane) ?? 0) + 1;
    this.#breaks.set(lane, breaks);
    return this.#count(breaks > breaksAllowed ? "quarantine" : "restart");
  }
  #afterFailure(lane, code) {
    const config = this.#settings.config();
    const verdict = policyFor(config, lane, code)?.verdict ?? "continue";
    if (verdict !== "continue" && verdict !== "retry") return verdict;
    return laneRuleFor(config, lane)?.onFailure === "halt" ? "quarantine" : "continue";
  }
  #count(verdict) {
    this.verdicts[verdict] = (this.verdicts[verdict] ?? 0) + 1;
    return verdict;
  }
};

// src/node/lanes.ts
var Lanes = class extends Map {
  /** How many messages all lanes are running. */
  get running() {
    let sum = 0;
    for (const lane of this.values()) sum += lane.running;
    return sum;
  }
};

// src/node/kept-output.ts
var blockSize = 64 * 1024;
var firstBlockSize = 4096;
var Blocks = class {
  #free = [];
  #most;
  constructor(most2) {
    this.#most = most2;
  }
  take() {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(blockSize);
  }
  give(block) {
    if (block.length === blockSize && this.#free.length < this.#most) this.#free.push(block);
  }
};
var KeptOutput = class {
  #limit;
  #blocks;
  #streams = {
    stdout: { total: 0, blocks: [] },
    stderr: { total: 0, blocks: [] }
  };
  #size = 0;
  constructor(limit, blocks) {
    this.#limit = limit;
    this.#blocks = blocks;
  }
  /** How many bytes of memory it takes. */
  get size() {
    return this.#size;
  }
  /** How many bytes each stream has carried. */
  get totals() {
    return { stdout: this.#streams.stdout.total, stderr: this.#streams.stderr.total };
  }
  add(stream, bytes) {
    const kept = this.#streams[stream];
    for (let done2 = 0; done2 < bytes.length; ) {
      let last = kept.blocks.at(-1);
      if (last === void 0 || last.length === last.bytes.length) {
        last = { offset: kept.total, bytes: this.#room(kept.total === 0), length: 0 };
        kept.blocks.push(last);
      }
      const copied = bytes.copy(last.bytes, last.length, done2);
      last.length += copied;
      kept.total += copied;
      done2 += copied;
    }
  }
  /**
   * A copy of at most `limit` bytes of a stream, from `offset` on; if those are no longer kept, from the oldest kept
   * byte on.
   */
  read(stream, offset, limit) {
    const { total, blocks } = this.#streams[stream];
    const from = Math.min(total, Math.max(offset, blocks[0]?.offset ?? total));
    const to = Math.min(total, from + limit);
    const bytes = Buffer.allocUnsafe(to - from);
    for (const block of blocks) {
      const end2 = block.offset + block.length;
      if (end2 <= from) continue;
      if (block.offset >= to) break;
      const start = Math.max(from, block.offset);
      block.bytes.copy(bytes, start - from, start - block.offset, Math.min(end2, to) - block.offset);
    }
    return { offset: from, bytes };
  }
  /** Drops everything. */
  release() {
    for (const { blocks } of Object.values(this.#streams)) {
      for (const { bytes } of blocks.splice(0)) this.#blocks.give(bytes);
    }
    this.#size = 0;
  }
  #room(isFirst) {
    if (this.#size + blockSize > this.#limit) this.#dropOldest();
    const room = isFirst ? Buffer.allocUnsafeSlow(firstBlockSize) : this.#blocks.take();
    this.#size += room.length;
    return room;
  }
  /** From the stream that has more: so a line on stderr outlives a flood on stdout. */
  #dropOldest() {
    const [most2] = Object.values(this.#streams).toSorted((one, other) => other.blocks.length - one.blocks.length);
    const oldest = most2?.blocks.shift();
    if (oldest === void 0) return;
    this.#size -= oldest.bytes.length;
    this.#blocks.give(oldest.bytes);
  }
};

// src/node/live-publisher.ts
var gatherFor = 20;
var chunkSize = 32 * 1024;
var onTheWay = 2 * chunkSize;
var deafFor = 1e3;
var LivePublisher = class {
  #channel;
  #runs = /* @__PURE__ */ new Map();
  #waiting = /* @__PURE__ */ new Set();
  #count = 0;
  #timer;
  #isUrgent = false;
  #isPumping = false;
  constructor(open5) {
    this.#channel = open5({ unheard: (run3) => this.#unheard(run3), back: () => this.#soon(gatherFor) });
  }
  /** The most bytes that the broker accepts at once. */
  get largest() {
    return this.#channel.largest;
  }
  run(address, attempt, output) {
    const published = { stdout: 0, stderr: 0 };
    return { number: ++this.#count, address, attempt, output, published, heard: false, deafUntil: 0 };
  }
  /** A run has printed something. */
  wrote(run3) {
    if (!run3.heard && performance.now() < run3.deafUntil) return;
    this.#runs.set(run3.number, run3);
    this.#waiting.add(run3);
    this.#soon(run3.heard && unpublished(run3) >= chunkSize ? 0 : gatherFor);
  }
  /** A reader has asked for the output of a run, and received it up to `offset`. It listens, or will in a moment. */
  asked(run3, stream, offset) {
    if (!run3.heard) run3.published[stream] = Math.max(run3.published[stream], offset);
    run3.heard = true;
    run3.deafUntil = 0;
    if (unpublished(run3) > 0) this.wrote(run3);
  }
  /** A run prints no more. The rest is published before its ACK, if the connection has room. */
  ended(run3) {
    if (run3.heard && this.#waiting.has(run3) && !this.#isPumping) void this.#pump();
  }
  forget(run3) {
    this.#waiting.delete(run3);
    this.#runs.delete(run3.number);
  }
  #unheard(number2) {
    const run3 = this.#runs.get(number2);
    if (run3 === void 0) return;
    run3.heard = false;
    run3.deafUntil = performance.now() + deafFor;
    this.#waiting.delete(run3);
  }
  /** While the connection is away, nothing is sent; waiting output is sent when it is back. */
  #soon(ms) {
    if (this.#isPumping || this.#isUrgent || !this.#channel.isUp) return;
    if (ms > 0) {
      this.#timer ??= setTimeout(() => void this.#pump(), ms).unref();
    } else {
      this.#isUrgent = true;
      setImmediate(() => void this.#pump());
    }
  }
  /** Publishes until little is left; each round begins when the broker has received the one before. */
  async #pump() {
    if (this.#isPumping) return;
    clearTimeout(this.#timer);
    [this.#timer, this.#isUrgent, this.#isPumping] = [void 0, false, true];
    do {
      const [asked, sent] = this.#publishSome();
      if (asked.length + sent.length === 0) break;
      const taken = await this.#channel.flushed();
      if (taken) for (const run3 of asked) run3.heard = run3.deafUntil < performance.now();
      else for (const [run3, stream, offset] of sent) run3.published[stream] = Math.min(run3.published[stream], offset);
    } while (this.#channel.isUp && [...this.#waiting].some((run3) => !run3.heard || unpublished(run3) >= chunkSize));
    this.#isPumping = false;
    if (this.#waiting.size > 0) this.#soon(gatherFor);
  }
  #publishSome() {
    const asked = [];
    const sent = [];
    let room = this.#channel.isUp ? onTheWay : 0;
    const turns = [...this.#waiting];
    for (const run3 of turns) {
      if (room <= 0) break;
      this.#waiting.delete(run3);
      const { address, attempt, number: number2, published } = run3;
      if (run3.heard) {
        for (const stream of outputStreams) {
          const { offset, bytes } = this.#next(run3, stream);
          published[stream] = offset + bytes.length;
          if (bytes.length === 0) continue;
          this.#channel.publish({ address, attempt, stream, offset, bytes }, number2);
          sent.push([run3, stream, offset]);
          room -= bytes.length;
        }
        if (unpublished(run3) > 0) this.#waiting.add(run3);
      } else {
        const offset = published.stdout;
        this.#channel.publish({ address, attempt, stream: "stdout", offset, bytes: Buffer.alloc(0) }, number2);
        asked.push(run3);
        this.#waiting.add(run3);
      }
    }
    return [asked, sent];
  }
  /** The next bytes to publish: those after the last published ones or, if these are no longer kept, the latest. */
  #next({ output, published }, stream) {
    const size = Math.min(chunkSize, this.#channel.largest);
    const next = output.read(stream, published[stream], size);
    return next.offset === published[stream] ? next : output.read(stream, output.totals[stream] - size, size);
  }
};
function unpublished({ output, published }) {
  const { stdout, stderr: stderr2 } = output.totals;
  return stdout - published.stdout + stderr2 - published.stderr;
}

// src/node/live-output.ts
var keptOfRun = 8 * 1024 * 1024;
var keptOfEnded = 8 * 1024 * 1024;
var keptFor = 3e4;
var longestAnswer2 = 512 * 1024;
var surelyInAck = 64 * 1024;
var LiveOutput = class {
  #publisher;
  #outputLimit;
  #blocks = new Blocks(keptOfRun / blockSize);
  #runs = /* @__PURE__ */ new Map();
  #ended = /* @__PURE__ */ new Map();
  #endedSize = 0;
  constructor(broker, { outputLimit }) {
    this.#publisher = new LivePublisher((events) => new OutputChannel(broker, events));
    this.#outputLimit = Math.min(outputLimit, surelyInAck);
  }
  begin(address, attempt) {
    const key = `${typeAndSubject(address)}.${address.id}.${attempt}`;
    const run3 = {
      key,
      ended: false,
      ...this.#publisher.run(address, attempt, new KeptOutput(keptOfRun, this.#blocks))
    };
    this.#runs.set(key, run3);
    return {
      write: (stream, bytes) => {
        if (run3.ended || bytes.length === 0) return;
        run3.output.add(stream, bytes);
        this.#publisher.wrote(run3);
      },
      end: (isInAck) => {
        if (!run3.ended) this.#end(run3, isInAck);
      }
    };
  }
  /** @throws StewardError refused when no output of the run is kept */
  answer({ attempt, stream, offset, limit = longestAnswer2, ...address }) {
    const run3 = this.#runs.get(`${typeAndSubject(address)}.${address.id}.${attempt}`);
    if (run3 === void 0) {
      throw new StewardError("refused", `no output of attempt ${attempt} of ${address.id} is kept`);
    }
    const fits2 = Math.floor(this.#publisher.largest * 3 / 4) - 256;
    const found = run3.output.read(stream, offset, Math.min(limit, longestAnswer2, fits2));
    this.#publisher.asked(run3, stream, found.offset + found.bytes.length);
    const { totals } = run3.output;
    return { offset: found.offset, data: found.bytes.toString("base64"), totals, ended: run3.ended };
  }
  #end(run3, isInAck) {
    run3.ended = true;
    const { stdout, stderr: stderr2 } = run3.output.totals;
    this.#publisher.ended(run3);
    if (isInAck && stdout + stderr2 <= this.#outputLimit) return this.#forget(run3);
    this.#endedSize += run3.output.size;
    this.#ended.set(run3, setTimeout(() => this.#forget(run3), keptFor).unref());
    for (const oldest of this.#ended.keys()) {
      if (this.#endedSize <= keptOfEnded) break;
      this.#forget(oldest);
    }
  }
  #forget(run3) {
    this.#publisher.forget(run3);
    if (this.#runs.get(run3.key) === run3) this.#runs.delete(run3.key);
    if (this.#ended.has(run3)) this.#endedSize -= run3.output.size;
    clearTimeout(this.#ended.get(run3));
    this.#ended.delete(run3);
    run3.output.release();
  }
};

// src/node/shutdown.ts
import { setMaxListeners } from "node:events";
var Shutdown = class {
  #controller = new AbortController();
  #ask;
  #isReplaced = false;
  /** `ask` is called when the daemon must stop, with the error if that is the reason. */
  constructor(ask) {
    this.#ask = ask;
    setMaxListeners(0, this.signal);
  }
  /** Aborted when the daemon must end without waiting for what runs. */
  get signal() {
    return this.#controller.signal;
  }
  /** Another daemon has taken this one's place, so this one must not write anything more. */
  get isReplaced() {
    return this.#isReplaced;
  }
  /** Asks for a stop in order. */
  ask(reason) {
    this.#ask(reason);
  }
  /** Ends at once: another daemon has taken this one's place. */
  replaced(error) {
    this.#isReplaced = true;
    this.#controller.abort(error);
    this.#ask(error);
  }
  /** Ends without waiting for anything. */
  now(reason) {
    this.#controller.abort(reason);
  }
};

// src/node/suspects.ts
var settleMs = 1e3;
var quietMs = 1e4;
var firstWindowMs = 3e4;
var lookEveryMs = 20;
var Suspects = class {
  #lanes;
  #candidates = [];
  #passers = /* @__PURE__ */ new Set();
  /** How many messages of each lane have begun since an unclean end; undefined if the daemon's last end was clean. */
  #begun;
  #settled = Promise.resolve();
  #settle = () => {
  };
  /** Messages that wait for their next run. */
  #resting = 0;
  /** Suspects that still run after their window. */
  #outliving = 0;
  #isClosed = false;
  #isTurning = false;
  #isStopped = false;
  /** `lanes.running`: how many messages all lanes are running, including those that wait here. */
  constructor(lanes) {
    this.#lanes = lanes;
  }
  /** Whether a message must call `pass` before it begins. */
  get isClosed() {
    return this.#isClosed || this.#isStopped;
  }
  /** The last daemon ended without notice: no message begins until the suspects are known. */
  begin() {
    this.#begun = /* @__PURE__ */ new Map();
    this.#settled = new Promise((resolve3) => this.#settle = resolve3);
    void this.#takeTurns();
  }
  /** The messages that ran at the last end are delivered from now on. */
  settle() {
    setTimeout(this.#settle, settleMs);
  }
  /**
   * True for a message that may have run when the daemon ended: the first messages of its lane since then, as many as
   * the lane runs at once.
   */
  mayHaveBeenOpen(lane, concurrency) {
    if (this.#begun === void 0) return false;
    const begun = this.#begun.get(lane) ?? 0;
    if (begun < concurrency) this.#begun.set(lane, begun + 1);
    return begun < concurrency;
  }
  /**
   * Waits until messages that are not suspects may begin, or until interrupted.
   * @throws LeftError when the daemon stops
   */
  async pass(onInterrupt) {
    if (this.#isClosed && !this.#isStopped) {
      await new Promise((wake) => {
        this.#passers.add(wake);
        onInterrupt(() => {
          this.#passers.delete(wake);
          wake();
        });
      });
    }
    if (this.#isStopped) throw new LeftError();
  }
  /**
   * Waits, as a message does before its next run. Meanwhile it does not run, so a suspect counts as alone. Then it
   * waits until messages that are not suspects may begin, or until interrupted.
   * @throws LeftError when the daemon stops
   */
  async rest(wait, onInterrupt) {
    this.#resting += 1;
    await wait.finally(() => this.#resting -= 1);
    if (this.#isClosed && !this.#isStopped) await this.pass(onInterrupt);
  }
  /**
   * Waits for the turn of a suspect; undefined when it is interrupted before.
   * @throws LeftError when the daemon stops
   */
  async turn(ends, wasAlone, onInterrupt) {
    if (this.#isStopped) throw new LeftError();
    const turn = await new Promise((take) => {
      const candidate = { ends, wasAlone, take, wake: () => take(void 0) };
      this.#candidates.push(candidate);
      onInterrupt(() => {
        const at = this.#candidates.indexOf(candidate);
        if (at >= 0) this.#candidates.splice(at, 1);
        if (at >= 0) candidate.wake();
      });
      void this.#takeTurns();
    });
    if (!this.#isStopped) return turn;
    turn?.end();
    throw new LeftError();
  }
  /** No further message begins; those that wait are left. */
  stop() {
    this.#isStopped = true;
    this.#settle();
    this.#open();
    for (const { wake } of this.#candidates.splice(0)) wake();
  }
  async #takeTurns() {
    if (this.#isTurning) return;
    this.#isTurning = true;
    this.#isClosed = true;
    await this.#settled;
    while (this.#candidates.length > 0) {
      const isAlone = await this.#untilQuiet();
      if (!isAlone) this.#open();
      const next = this.#next();
      if (next === void 0) break;
      const { ends, take } = next;
      await new Promise((passOn) => take(this.#newTurn(isAlone, ends, passOn)));
    }
    this.#isTurning = false;
    this.#open();
  }
  /**
   * First those that never ran alone: nothing is known about them. Among them, first the one that ran at the most ends.
   */
  #next() {
    const [next] = this.#candidates.toSorted((a, b) => Number(a.wasAlone) - Number(b.wasAlone) || b.ends - a.ends);
    if (next !== void 0) this.#candidates.splice(this.#candidates.indexOf(next), 1);
    return next;
  }
  /** True when only messages that wait here are left; false when that takes too long. */
  async #untilQuiet() {
    this.#isClosed = this.#outliving === 0;
    const waiting = () => this.#candidates.length + this.#passers.size + this.#resting;
    for (const end2 = performance.now() + quietMs; this.#isClosed && this.#lanes.running > waiting(); ) {
      if (performance.now() > end2 || this.#isStopped) return false;
      await new Promise((resolve3) => setTimeout(resolve3, lookEveryMs));
    }
    return this.#isClosed;
  }
  #newTurn(isAlone, ends, passOn) {
    let record;
    let state = "inWindow";
    const outlive = async () => {
      if (isAlone) await record?.().catch(() => void 0);
      if (state !== "inWindow") return;
      state = "outliving";
      this.#outliving += 1;
      passOn();
    };
    const timer = setTimeout(() => void outlive(), firstWindowMs * 2 ** Math.min(Math.max(0, ends - 2), 12));
    return {
      isAlone,
      beforeOthers: (make2) => {
        let made;
        record = () => made = make2();
        return async () => {
          record = void 0;
          return made;
        };
      },
      end: () => {
        if (state === "outliving") this.#outliving -= 1;
        state = "ended";
        clearTimeout(timer);
        passOn();
      }
    };
  }
  #open() {
    this.#isClosed = false;
    for (const wake of this.#passers) wake();
    this.#passers.clear();
  }
};

// src/node/taken.ts
import { createHash } from "node:crypto";
import { getHeapStatistics } from "node:v8";
var bytesOfTaken = 600;
var mostTaken = Math.floor(getHeapStatistics().heap_size_limit / 3 / bytesOfTaken);
var TakenMessages = class {
  #most;
  #bySequence = /* @__PURE__ */ new Map();
  /** The messages that are delivered now are known already. */
  #renews = false;
  constructor(most2 = mostTaken) {
    this.#most = most2;
  }
  /** So many are here that further ones stay in the queue until some of these have ended. */
  get isFull() {
    return !this.#renews && this.count >= this.#most;
  }
  /** So many are here that further ones may have stayed in the queue a moment ago. */
  get isNearlyFull() {
    return this.count >= this.#most / 2;
  }
  get count() {
    return this.#bySequence.size;
  }
  /** True for a message that is here already: its acknowledgement will go to the subject of the new delivery. */
  renew({ sequence, ackSubject: ackSubject2 }) {
    const known = this.#bySequence.get(sequence);
    if (known !== void 0) known.ackSubject = ackSubject2;
    this.#renews = known !== void 0;
    return this.#renews;
  }
  /** All messages are delivered again, in order, first the known ones. */
  expectRenewals() {
    this.#renews = true;
  }
  /** Takes in a new message; undefined for a subject that the node's filter cannot have let through. */
  take(delivery) {
    const taken = takenFrom(delivery);
    if (taken !== void 0) this.#bySequence.set(taken.sequence, taken);
    return taken;
  }
  /**
   * Removes a message. False when it was not here: its stream was deleted and created again, and another message may
   * have its sequence now.
   */
  remove(taken) {
    return this.has(taken) && this.#bySequence.delete(taken.sequence);
  }
  has(taken) {
    return this.#bySequence.get(taken.sequence) === taken;
  }
  clear() {
    this.#bySequence.clear();
  }
  [Symbol.iterator]() {
    return this.#bySequence.values();
  }
};
var serverHeaders = ["Nats-Stream", "Nats-Subject", "Nats-Sequence"];
function takenFrom({ sequence, subject, storedAt, ackSubject: ackSubject2, data, headers }) {
  const came = parseMessageSubject(subject);
  if (came === void 0) return void 0;
  const subjectToken = isToken(came.subject) ? came.subject : standIn(came.subject);
  const token = isId(came.id) ? came.id : standIn(came.id);
  const id = firingIdOf(token, headers?.get("Nats-Stream-Source")) ?? token;
  const isAsItCame = id === came.id && subjectToken === came.subject;
  const address = isAsItCame ? came : { ...came, subject: subjectToken, id };
  const forgedHeader = serverHeaders.find((name) => headers?.has(name));
  return { sequence, came, address, storedAt, ackSubject: ackSubject2, forgedHeader, payload: data };
}
function standIn(text) {
  return `invalid-${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}

// src/node/troubles.ts
var logEvery = 5 * 6e4;
var probeEvery = 5e3;
var mostListed = 20;
var Troubles = class {
  #options;
  #current = /* @__PURE__ */ new Map();
  constructor(options) {
    this.#options = options;
  }
  /** Reports that a part cannot work now. */
  report(what, code, text) {
    const known = this.#current.get(what);
    const [message, since] = [text.slice(0, 500), known?.trouble.since ?? (/* @__PURE__ */ new Date()).toISOString()];
    const isLogged = known !== void 0 && performance.now() - known.loggedAt < logEvery;
    this.#current.set(what, {
      trouble: { what, code, message, since },
      loggedAt: isLogged ? known.loggedAt : performance.now()
    });
    if (!isLogged)
      this.#options.log.error({ part: what, since, code }, `${what} cannot work: ${message}; trying again`);
    if (known?.trouble.code !== code) this.#options.changed();
  }
  /**
   * Reports that no program could be started. Tries again from time to time, since no message may come that shows when
   * that is over.
   */
  cannotStart(text) {
    const isNew = !this.#current.has(programs);
    this.report(programs, "noRoom", text);
    if (isNew) this.#probe();
  }
  /** A part works again, or has no work left. */
  end(what) {
    if (!this.#current.delete(what)) return;
    this.#options.log.info({ part: what }, `${what} works again`);
    this.#options.changed();
  }
  of(what) {
    return this.#current.get(what)?.trouble;
  }
  /** The oldest first; undefined without any. */
  list() {
    if (this.#current.size === 0) return void 0;
    return [...this.#current.values()].slice(0, mostListed).map(({ trouble }) => trouble);
  }
  #probe() {
    const probe = async () => {
      if (await canStartPrograms(this.#options.signal)) this.end(programs);
      else this.#probe();
    };
    setTimeout(() => void probe(), probeEvery).unref();
  }
};
var programs = "programs";
async function canStartPrograms(signal) {
  try {
    await runChild({ argv: ["/bin/sh", "-c", ":"], signal, killGraceMs: 1e3, outputLimit: 0 });
    return true;
  } catch (error) {
    return !isNotNow(error);
  }
}

// src/node/watchdog.ts
import { setTimeout as delay4 } from "node:timers/promises";
async function watch2(watched) {
  const { intake, parts } = watched;
  const { settings, log, shutdown } = parts;
  const { signal } = shutdown;
  for (let logged = ""; !signal.aborted; ) {
    await delay4(settings.watchdogInterval, void 0, { signal, ref: false }).catch(() => void 0);
    if (!intake.live) continue;
    const finding = await look(watched).catch((error) => failure(error, parts));
    if (signal.aborted) return;
    const { text = "", resync } = finding ?? {};
    if (text === logged) continue;
    logged = text;
    if (text === "") continue;
    log.warn(resync === void 0 ? text : `${text}; resync`);
    if (resync === void 0) continue;
    await intake.resync(resync);
    if (resync !== "consumerChanged" || !await isChanged(watched).catch(() => true)) logged = "";
  }
}
async function look(watched) {
  const asFinding = (error) => failure(error, watched.parts);
  const found = await Promise.all([lookAtConsumer(watched).catch(asFinding), lookAtBuckets(watched).catch(asFinding)]);
  const findings = found.filter((finding) => finding !== void 0);
  if (findings.length === 0) return void 0;
  const resync = findings.find((finding) => finding.resync !== void 0)?.resync;
  return { text: findings.map(({ text }) => text).join("; "), ...resync === void 0 ? {} : { resync } };
}
async function lookAtConsumer({ parts, intake }) {
  const { broker, settings } = parts;
  const consumer = await intake.look();
  if (consumer.error !== void 0) {
    return { text: `the node's consumer cannot be read (${consumer.error.description})`, resync: "consumerGone" };
  }
  if (consumer.num_waiting === 0) intake.askIfIdle();
  const changed = changedFields(broker, settings.name, consumer);
  if (changed.length > 0)
    return { text: `the consumer has a different ${changed.join(", ")}`, resync: "consumerChanged" };
  if (consumer.paused === true) {
    const until = String(consumer.config["pause_until"]);
    return {
      text: `the consumer is paused until ${until}, and nothing is delivered; \`nats consumer resume\` ends that`
    };
  }
  if (!await missesMessages(parts, consumer)) return void 0;
  return { text: "the stream holds messages that were not delivered", resync: "watchdog" };
}
async function lookAtBuckets({ parts, lease }) {
  const { broker, settings } = parts;
  if (!await isAnnounced(broker, settings.name)) await announce(parts);
  if (lease.isRenewing) await streamInfo(broker, `KV_${broker.names.presenceBucket}`);
}
async function isAnnounced(broker, node) {
  const { nodesBucket } = broker.names;
  const stream = `KV_${nodesBucket}`;
  try {
    return await lastOnSubject(broker, stream, `$KV.${nodesBucket}.${node}.info`) !== void 0;
  } catch (error) {
    await streamInfo(broker, stream);
    throw error;
  }
}
async function isChanged({ parts, intake }) {
  return changedFields(parts.broker, parts.settings.name, await intake.look()).length > 0;
}
function failure(error, { log }) {
  if (error instanceof StewardError) return { text: messageOf(error) };
  log.debug(`the watchdog could not look: ${messageOf(error)}`);
  return void 0;
}
var secondLookMs = 2e3;
async function missesMessages(parts, { num_pending, num_ack_pending }) {
  if (num_pending + num_ack_pending === parts.taken.count || parts.taken.isNearlyFull) return false;
  const first = await missing(parts);
  if (first.length === 0) return false;
  await delay4(secondLookMs, void 0, { signal: parts.shutdown.signal });
  const second = new Set(await missing(parts));
  return first.some((subject) => second.has(subject));
}
async function missing({ broker, settings, taken }) {
  const { namespace } = broker;
  const inStream = await queuedSubjects(broker, nodeFilter(namespace, settings.name));
  const here = new Set([...taken].map(({ came }) => messageSubject(namespace, came)));
  return [...inStream.keys()].filter((subject) => !here.has(subject));
}

// src/node/daemon.ts
var goodbye = 2e3;
var NodeDaemon = class {
  #parts;
  #queue;
  #inherited = inheritedEnvironment(process.env);
  #intake;
  #dispatcher;
  #lease;
  #inbox;
  #hasLease = false;
  #hurried = new AbortController();
  #starting;
  #stopping;
  /**
   * `end` is called when the daemon must stop. It gets an error when a verdict stops it, or when another daemon has
   * taken its place (then this one writes nothing more); it gets none when live control asks for the stop.
   */
  constructor(broker, settings, log, end2) {
    const lanes = new Lanes();
    this.#queue = new Queue(broker);
    this.#parts = this.#build(broker, settings, log, new Shutdown(end2), lanes);
    const { shutdown } = this.#parts;
    const { signal } = shutdown;
    this.#dispatcher = new Dispatcher(this.#parts, lanes);
    this.#intake = new Intake(this.#parts, this.#dispatcher);
    const presence = () => presenceOf(this.#parts, this.#dispatcher);
    this.#lease = new Lease({ broker, settings, log, signal, presence, lost: (error) => shutdown.replaced(error) });
    onAbort(signal, () => {
      if (shutdown.isReplaced) this.#writeNothingMore();
    });
  }
  #build(broker, settings, log, shutdown, lanes) {
    const { name, handlers = [] } = settings;
    const { namespace } = broker;
    const { signal } = shutdown;
    const instance = newId();
    const env = commonEnvironment(this.#inherited, { instance, namespace, node: name });
    const builtIn = builtInHandlers({ ...settings, env }, (text) => log.warn(text));
    const registry = new Registry([...builtIn, ...handlers]);
    return {
      settings,
      instance,
      startedAt: (/* @__PURE__ */ new Date()).toISOString(),
      log,
      broker,
      clock: new BrokerClock(),
      journal: new Journal(broker, signal, (reason) => log.error(reason)),
      registry,
      kernel: new Kernel(settings),
      holds: new LaneHolds(broker, name, log, signal, (lane) => registry.has(lane)),
      notices: new Notices(this.#queue, log, signal),
      taken: new TakenMessages(),
      payloads: new QueuedPayloads(broker, signal),
      acknowledger: new Acknowledger(broker),
      children: new Children({ namespace, instance, env, log, signal }),
      liveOutput: new LiveOutput(broker, settings),
      suspects: new Suspects(lanes),
      troubles: new Troubles({ log, changed: () => this.#lease.renew(), signal }),
      shutdown
    };
  }
  /**
   * Takes the node's lease and begins to work. Resolves to false when the daemon was stopped before or meanwhile.
   * @throws StewardError nodeTaken when another daemon runs the node, fileUnreadable when the data folder is unusable
   */
  async start() {
    return this.#starting ??= this.#startOnce();
  }
  async #startOnce() {
    const { settings, broker, registry, log, holds, suspects, shutdown } = this.#parts;
    const steps = [
      () => makeDataFolder(settings.dataDir),
      () => addUserHandlers(settings, registry, this.#inherited, log),
      () => untilStreamsAreThere(this.#parts),
      () => this.#takeLease(),
      () => holds.load(),
      async () => serveNodeControl(this.#parts, new Controls(this.#parts, this.#dispatcher, this.#intake)),
      () => endOrphans(broker, settings.name, log, shutdown.signal),
      async () => broker.onConnection({ lost: () => this.#lost(), back: () => this.#back() }),
      () => this.#intake.resync("start"),
      async () => suspects.settle(),
      () => announce(this.#parts),
      () => this.#begin()
    ];
    try {
      for (const step of steps) if (this.#stopping === void 0) await step();
    } catch (error) {
      if (this.#stopping === void 0) throw error;
    }
    return this.#stopping === void 0;
  }
  /**
   * Stops in order: takes no further messages, waits for running ones until the drain timeout, and leaves the rest
   * queued. Messages that still run then are cut off and recorded as such. After a restart they run once more, unless
   * they were cut off before.
   */
  async stop() {
    return this.#stopping ??= this.#stopOnce();
  }
  /**
   * During a stop: ends the running messages and records that; at the second call it does not even wait for the
   * records.
   */
  hurry() {
    if (this.#hurried.signal.aborted) this.#parts.shutdown.now();
    this.#hurried.abort();
  }
  async #stopOnce() {
    const { settings, broker, shutdown } = this.#parts;
    if (!this.#hasLease) return shutdown.now();
    this.#intake.stop();
    await this.#inbox?.stop();
    const drained = this.#dispatcher.stop();
    const hurried = this.#hurried.signal;
    await atMost(settings.drainTimeout, unlessAborted(hurried, drained));
    await atMost(settings.killGrace + goodbye, this.#dispatcher.cutOff(hurried.aborted));
    shutdown.now();
    await drained;
    await atMost(
      goodbye,
      broker.flush().catch(() => {
      })
    );
    if (!shutdown.isReplaced) await this.#lease.release();
  }
  async #takeLease() {
    if (await this.#lease.acquire()) this.#parts.suspects.begin();
    this.#hasLease = true;
    if (this.#stopping !== void 0) await this.#lease.release();
  }
  async #begin() {
    const { settings, log, troubles } = this.#parts;
    void watch2({ parts: this.#parts, intake: this.#intake, lease: this.#lease });
    if (settings.inbox !== void 0) {
      this.#inbox = feedFromInbox(settings.inbox, settings.name, this.#queue, log, troubles);
    }
    await this.#inbox?.ready;
  }
  #writeNothingMore() {
    this.#intake.pause();
    this.#lease.stop();
  }
  #lost() {
    this.#parts.log.warn("the connection to the broker is lost; reconnecting");
    this.#intake.pause();
  }
  /** Does only what is needed to go on, since a whole fleet may reconnect at once; the watchdog checks the rest. */
  #back() {
    this.#parts.log.info("reconnected to the broker");
    void this.#intake.resync("reconnect");
  }
};

// src/cli/log.ts
var import_pino = __toESM(require_pino(), 1);
async function createLog(level, context) {
  const shown2 = stderr.isTerminal ? await prettyPrinter() : wellFormedJson;
  return (0, import_pino.pino)({ level, base: context }, { write: (line) => stderr.log(shown2(line)) });
}
async function prettyPrinter() {
  const { prettyFactory } = await import("./pino-pretty-NYFBK553.js");
  const pretty = prettyFactory({ translateTime: "HH:MM:ss.l", ignore: "node" });
  return (line) => pretty(JSON.stringify(JSON.parse(line, harmlessField)));
}
function harmlessField(key, value) {
  if (typeof value !== "string") return value;
  return key === "stack" ? value.split("\n").map(harmless).join("\n") : harmless(value);
}

// src/cli/service-manager.ts
import { execFile } from "node:child_process";
function notifyServiceManager(state) {
  if (process.env["NOTIFY_SOCKET"] === void 0) return;
  execFile("systemd-notify", [`--pid=${process.pid}`, state], (error) => {
    if (error !== null) printNote(`steward: could not report ${state} to systemd: ${error.message}`);
  });
}

// src/cli/commands/node.ts
var nodeCommand = defineCommand({
  name: "node",
  group: "run",
  impact: "writes",
  describe: "run the daemon of a node",
  positionals: [{ name: "name", describe: "the node's name", required: true }],
  options: nodeOptions,
  examples: [
    ["steward node ship1", "run the node ship1 on this machine"],
    ["steward node ship1 --server nats://central:4222 --label site=oslo", "with the broker on another machine"]
  ],
  settles: true,
  run: async (typed) => {
    const { args, file } = await resolveSettings(typed, nodeOptions, process.env, () => true);
    const settings = nodeSettings(args, file);
    const log = await createLog(args["log-level"] ?? "info", { node: settings.name });
    const stop = new AbortController();
    let failure2;
    let daemon;
    const onSignal = (signal) => {
      if (stop.signal.aborted) return daemon?.hurry();
      log.info(`${signal}: stopping; a second one does not wait for running messages`);
      stop.abort();
      void daemon?.stop();
    };
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, onSignal);
    void file?.follow(log, stop.signal);
    try {
      var _stack = [];
      try {
        const broker = __using(_stack, await openFromArguments(args, {
          name: `steward node ${settings.name}`,
          waitMs: Infinity,
          signal: stop.signal,
          onFailure: once4((error) => log.warn(`${messageOf(explained(error))}; trying again`))
        }), true);
        const end2 = (error) => {
          failure2 = error;
          stop.abort();
        };
        daemon = new NodeDaemon(broker, settings, log, end2);
        try {
          if (await daemon.start()) {
            log.info({ dataDir: settings.dataDir, inbox: settings.inbox }, "ready");
            notifyServiceManager("READY=1");
          }
          await new Promise((done2) => onAbort(stop.signal, done2));
        } finally {
          notifyServiceManager("STOPPING=1");
          await daemon.stop();
        }
      } catch (_) {
        var _error = _, _hasError = true;
      } finally {
        var _promise = __callDispose(_stack, _error, _hasError);
        _promise && await _promise;
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
    if (failure2 !== void 0) throw failure2;
    return 0;
  }
});
function once4(call) {
  let called = false;
  return (value) => {
    if (!called) call(value);
    called = true;
  };
}
function nodeSettings(args, file) {
  const { handlers } = args;
  const name = nodeOf(args.name);
  const dataDir = resolve2(args["data-dir"] ?? join10(stateFolder(process.env), "nodes", name));
  return {
    name,
    dataDir,
    inbox: resolve2(args.inbox ?? join10(dataDir, "inmsg.txt")),
    ...handlers === void 0 ? {} : { handlersFolder: resolve2(handlers) },
    labels: labelsOf(args.label ?? []),
    ...setByOptions(args),
    config: file === void 0 ? nodeDefaults.config : () => file.current
  };
}
function labelsOf(texts) {
  const labels = /* @__PURE__ */ new Map();
  for (const text of texts) {
    const at = text.indexOf("=");
    const [key, value] = [text.slice(0, at), text.slice(at + 1)];
    const before = labels.get(key);
    if (before !== void 0 && before !== value) {
      throw new StewardError(
        "badSettings",
        `the label ${key} has two values, "${before}" and "${value}"; keep one of them`
      );
    }
    labels.set(key, value);
  }
  return Object.fromEntries(labels);
}
export {
  nodeCommand
};
