const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  require_mod
} from "./chunk-XBJVBJ7E.js";
import "./chunk-WVDFGEIO.js";
import "./chunk-REHHFAQD.js";
import {
  __toESM
} from "./chunk-LCNIN5BG.js";

// lazy:@nats-io/jetstream
var import_jetstream = __toESM(require_mod());
var export_AckPolicy = import_jetstream.AckPolicy;
var export_AdvisoryKind = import_jetstream.AdvisoryKind;
var export_DeliverPolicy = import_jetstream.DeliverPolicy;
var export_DirectMsgHeaders = import_jetstream.DirectMsgHeaders;
var export_DiscardPolicy = import_jetstream.DiscardPolicy;
var export_JetStreamApiCodes = import_jetstream.JetStreamApiCodes;
var export_JetStreamApiError = import_jetstream.JetStreamApiError;
var export_JetStreamError = import_jetstream.JetStreamError;
var export_JsHeaders = import_jetstream.JsHeaders;
var export_PersistMode = import_jetstream.PersistMode;
var export_PubHeaders = import_jetstream.PubHeaders;
var export_ReplayPolicy = import_jetstream.ReplayPolicy;
var export_RepublishHeaders = import_jetstream.RepublishHeaders;
var export_RetentionPolicy = import_jetstream.RetentionPolicy;
var export_StorageType = import_jetstream.StorageType;
var export_StoreCompression = import_jetstream.StoreCompression;
var export___esModule = import_jetstream.__esModule;
var export_default = import_jetstream.default;
var export_isPullConsumer = import_jetstream.isPullConsumer;
var export_isPushConsumer = import_jetstream.isPushConsumer;
var export_jetstream = import_jetstream.jetstream;
var export_jetstreamManager = import_jetstream.jetstreamManager;
export {
  export_AckPolicy as AckPolicy,
  export_AdvisoryKind as AdvisoryKind,
  export_DeliverPolicy as DeliverPolicy,
  export_DirectMsgHeaders as DirectMsgHeaders,
  export_DiscardPolicy as DiscardPolicy,
  export_JetStreamApiCodes as JetStreamApiCodes,
  export_JetStreamApiError as JetStreamApiError,
  export_JetStreamError as JetStreamError,
  export_JsHeaders as JsHeaders,
  export_PersistMode as PersistMode,
  export_PubHeaders as PubHeaders,
  export_ReplayPolicy as ReplayPolicy,
  export_RepublishHeaders as RepublishHeaders,
  export_RetentionPolicy as RetentionPolicy,
  export_StorageType as StorageType,
  export_StoreCompression as StoreCompression,
  export___esModule as __esModule,
  export_default as default,
  export_isPullConsumer as isPullConsumer,
  export_isPushConsumer as isPushConsumer,
  export_jetstream as jetstream,
  export_jetstreamManager as jetstreamManager
};
