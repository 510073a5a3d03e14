const require = process.getBuiltinModule("module").createRequire(import.meta.url);

// src/config/node-config.ts
var noConfig = { options: {}, accept: void 0, policy: [], lanes: [] };
function policyFor({ policy }, lane, code) {
  return policy.find(({ subject, error }) => subject?.(lane) !== false && error?.some((one) => one === code) !== false);
}
function laneRuleFor({ lanes }, lane) {
  return lanes.find((rule) => rule.lane(lane));
}

export {
  noConfig,
  policyFor,
  laneRuleFor
};
