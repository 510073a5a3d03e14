const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  table
} from "./chunk-B5MVZWQ5.js";
import {
  formatDuration
} from "./chunk-CFOZLGDG.js";
import {
  typeAndSubject
} from "./chunk-VKEXPMYZ.js";

// src/cli/render/schedules.ts
function schedulesTable(states) {
  const head = ["ID", "NODE", "LANE", "RULE", "ZONE", "NEXT", "LAST", "OUTCOME"];
  return table(
    head,
    states.map(({ address, rule, next, last, outcome }) => [
      address.id,
      address.node,
      typeAndSubject(address),
      ruleText(rule),
      rule.kind === "cron" ? rule.timeZone ?? "UTC" : "-",
      next ?? "-",
      last?.id ?? "-",
      outcome ?? "-"
    ])
  );
}
function ruleText(rule) {
  if (rule.kind === "at") return "once";
  if (rule.kind === "every") return `every ${formatDuration(rule.everyMs)}`;
  return rule.cron.replace(/^0 /, "");
}
function timeText(moment) {
  return moment.toISOString().replace(/\.\d+Z$/, "Z");
}
function ruleJson(rule) {
  if (rule.kind === "at") return { at: rule.at };
  if (rule.kind === "every") return { every: formatDuration(rule.everyMs) };
  return { cron: rule.cron, timeZone: rule.timeZone ?? "UTC" };
}
function scheduleJson({ address, rule, next, last, outcome, message }) {
  const { id, node, messageType, subject } = address;
  const lastFiring = last && { id: last.id, firedAt: new Date(last.firedAt).toISOString(), state: outcome };
  return {
    id,
    node,
    messageType,
    subject,
    schedule: { ...ruleJson(rule), expires: message?.expires, next },
    lastFiring,
    message
  };
}
function removalLine({ address, cancelled, running }) {
  const said = [`${address.node} ${typeAndSubject(address)}: removed`];
  if (cancelled.length > 0) said.push(`${firings(cancelled)} will not run`);
  if (running.length > 0)
    said.push(`${firings(running)} had started and ${running.length === 1 ? "continues" : "continue"}`);
  return said.join("; ");
}
function firings(ids) {
  const [first = "", ...more] = ids;
  return more.length === 0 ? `the firing ${first}` : `${ids.length} firings, ${first} to ${more.at(-1)},`;
}

export {
  schedulesTable,
  timeText,
  ruleJson,
  scheduleJson,
  removalLine
};
