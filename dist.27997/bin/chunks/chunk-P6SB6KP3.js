const require = process.getBuiltinModule("module").createRequire(import.meta.url);

// src/cli/exit-codes.ts
var exitCodes = {
  succeeded: 0,
  failed: 1,
  usage: 2,
  pending: 3,
  broker: 4,
  noMatch: 5,
  incomplete: 6,
  interrupted: 130
};
var usage = [
  "usage",
  "badSettings",
  "badMessage",
  "badName",
  "tooLarge",
  "notJson",
  "fileUnreadable"
];
var broker = [
  "brokerUnreachable",
  "brokerRefused",
  "brokerTooOld",
  "jetStreamOff",
  "streamsMissing",
  "notStored",
  "unconfirmed",
  "serverNotFound",
  "serverTooOld",
  "serverFailed",
  "portTaken",
  "storeLocked",
  "diskFull"
];
var noMatch = ["neverSeen", "noMatch", "notFound"];
function exitCodeOf(code) {
  if (usage.includes(code)) return exitCodes.usage;
  if (broker.includes(code)) return exitCodes.broker;
  if (code === "stopped") return exitCodes.interrupted;
  return noMatch.includes(code) ? exitCodes.noMatch : exitCodes.failed;
}

export {
  exitCodes,
  exitCodeOf
};
