const require = process.getBuiltinModule("module").createRequire(import.meta.url);

// package.json
var package_default = {
  name: "steward-nats",
  version: "0.1.0",
  description: "Durable, ordered command and event delivery to a fleet of nodes, on NATS JetStream",
  license: "MIT",
  type: "module",
  engines: {
    node: ">=20.19"
  },
  os: [
    "linux",
    "darwin"
  ],
  bin: {
    steward: "./dist/bin/steward.js"
  },
  man: [
    "./dist/man/steward.1"
  ],
  exports: {
    ".": {
      types: "./dist/lib/index.d.ts",
      default: "./dist/lib/index.js"
    },
    "./schemas/*.json": "./dist/schemas/*.json",
    "./package.json": "./package.json"
  },
  files: [
    "dist",
    "streams",
    "packaging",
    "docs",
    "!docs/performance/figures.json",
    "examples",
    "CHANGELOG.md",
    "CONTRIBUTING.md"
  ],
  scripts: {
    build: "node scripts/build.mjs",
    typecheck: "tsc --noEmit",
    lint: "oxlint src test scripts",
    format: "oxfmt",
    "check:format": "oxfmt --check",
    "check:boundaries": "node scripts/check-boundaries.mjs",
    "check:dead-code": "knip",
    "check:package": "publint --strict && attw --pack . --profile esm-only --no-definitely-typed --format ascii --no-summary",
    check: "npm run typecheck && npm run lint && npm run check:format && npm run check:boundaries && npm run check:dead-code && npm run check:package",
    test: "vitest run",
    prepack: "npm run build"
  },
  dependencies: {
    "@nats-io/jetstream": "^3.4.0",
    "@nats-io/kv": "^3.4.0",
    croner: "^11.0.1",
    nats: "npm:@nats-io/transport-node@^3.4.0",
    pino: "^10.4.0",
    "pino-pretty": "^13.2.0",
    ulid: "^3.0.2",
    valibot: "^1.5.0",
    yaml: "^2.9.1",
    yargs: "^18.2.0"
  },
  devDependencies: {
    "@arethetypeswrong/cli": "0.18.5",
    "@types/node": "20.19.43",
    "@types/yargs": "17.0.35",
    "@valibot/to-json-schema": "1.8.0",
    "dependency-cruiser": "17.3.9",
    esbuild: "0.28.2",
    "fast-check": "4.10.2",
    knip: "6.42.1",
    oxfmt: "0.75.0",
    oxlint: "1.89.0",
    "oxlint-tsgolint": "7.0.2004",
    publint: "0.3.25",
    typescript: "6.0.3",
    vitest: "4.1.12"
  }
};

// src/protocol/version.ts
var version = package_default.version;

export {
  version
};
