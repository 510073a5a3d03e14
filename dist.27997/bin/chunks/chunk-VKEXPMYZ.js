const require = process.getBuiltinModule("module").createRequire(import.meta.url);

// src/protocol/subjects.ts
var messageTypes = ["command", "event"];
function typeAndSubject({ messageType, subject }) {
  return `${messageType}.${subject}`;
}
function canonicalSubject(subject) {
  return subject === "textLogging" ? "log" : subject;
}
function laneOf({ messageType, subject }) {
  return typeAndSubject({ messageType, subject: canonicalSubject(subject) });
}
function keyOf(address) {
  return `${address.node}.${typeAndSubject(address)}.${address.id}`;
}
function parseLaneName(text) {
  const [type, subject = "", ...rest] = text.split(".");
  const messageType = messageTypes.find((known) => known === type);
  return messageType === void 0 || !isToken(subject) || rest.length > 0 ? void 0 : { messageType, subject };
}
function messageSubject(namespace, { node, messageType, subject, id }) {
  return `${namespace}.${node}.${messageType}.${subject}.${id}`;
}
function ackSubject(namespace, { node, messageType, subject, id }) {
  return `${namespace}.${node}.ack.${messageType}.${subject}.${id}`;
}
function messageFilter(namespace, { node = "*", messageType = "*", subject = "*", id = "*" }) {
  return `${namespace}.${node}.${messageType}.${subject}.${id}`;
}
function ackFilter(namespace, { node = "*", messageType = "*", subject = "*", id = "*" }) {
  return `${namespace}.${node}.ack.${messageType}.${subject}.${id}`;
}
function scheduleSubject(namespace, { node, messageType, subject, id }) {
  return `${namespace}.${node}.schedule.${messageType}.${subject}.${id}`;
}
function firingSubject(namespace, { node, messageType, subject, id }) {
  return `${namespace}.${node}.scheduled.${messageType}.${subject}.${id}`;
}
function firingId(id, sequence) {
  return `${id}_${sequence}`;
}
function firingIdOf(id, source) {
  const sequence = source?.split(" ")[1];
  return sequence === void 0 ? void 0 : firingId(id, sequence);
}
function scheduleIdOf(id) {
  return /^(.+)_\d+$/.exec(id)?.[1];
}
function ackedFilter(namespace, { node = "*", messageType = "*", subject = "*", id = "*" }) {
  return `${namespace}.${node}.acked.${messageType}.${subject}.${id}`;
}
function outputSubject(namespace, { node = "*", id }) {
  return `${namespace}.${node}.output.${id}`;
}
function scheduleFilter(namespace, { node = "*", messageType = "*", subject = "*", id = "*" }) {
  return `${namespace}.${node}.schedule.${messageType}.${subject}.${id}`;
}
function controlSubject(namespace, node, verb) {
  return `${namespace}.${node}.control.${verb}`;
}
function nodeFilter(namespace, node) {
  return `${namespace}.${node}.>`;
}
function parseMessageSubject(subject) {
  const [, node, messageType, name, id, ...rest] = subject.split(".");
  if (node === void 0 || name === void 0 || id === void 0 || rest.length > 0) return void 0;
  if (messageType !== "command" && messageType !== "event") return void 0;
  return { node, messageType, subject: name, id };
}
function parseAckSubject(subject) {
  return parseSubjectOf("ack", subject);
}
function parseAckedSubject(subject) {
  return parseSubjectOf("acked", subject);
}
function parseScheduleSubject(kind, subject) {
  return parseSubjectOf(kind, subject);
}
function parseSubjectOf(kind, subject) {
  const [namespace, node, said, ...rest] = subject.split(".");
  return said === kind ? parseMessageSubject([namespace, node, ...rest].join(".")) : void 0;
}
var token = /^[A-Za-z0-9_-]{1,64}$/;
var idToken = /^[A-Za-z0-9_-]{1,40}$/;
function isToken(text) {
  return token.test(text);
}
function isId(text) {
  return idToken.test(text);
}
function nodeNameFault(text) {
  if (text === "all") return "`all` means every node and cannot be a node's name";
  if (text.startsWith("-")) return `the node name "${text}" begins with "-"; begin it with a letter or digit`;
  if (isToken(text)) return void 0;
  const suggestion = text.replaceAll(/[^A-Za-z0-9_-]+/g, "-").replaceAll(/^-+|-+$/g, "").slice(0, 64);
  const hint = suggestion === "" || suggestion === "all" ? "" : `; try "${suggestion}"`;
  return `the node name "${text.slice(0, 80)}" may hold only A-Z a-z 0-9 _ - and at most 64 of them${hint}`;
}
function toToken(text) {
  const cleaned = text.replaceAll(/[^A-Za-z0-9_-]+/g, "-").replaceAll(/^-+|-+$/g, "");
  return cleaned.slice(0, 64) || "unknown";
}

export {
  messageTypes,
  typeAndSubject,
  canonicalSubject,
  laneOf,
  keyOf,
  parseLaneName,
  messageSubject,
  ackSubject,
  messageFilter,
  ackFilter,
  scheduleSubject,
  firingSubject,
  firingId,
  firingIdOf,
  scheduleIdOf,
  ackedFilter,
  outputSubject,
  scheduleFilter,
  controlSubject,
  nodeFilter,
  parseMessageSubject,
  parseAckSubject,
  parseAckedSubject,
  parseScheduleSubject,
  isToken,
  isId,
  nodeNameFault,
  toToken
};
