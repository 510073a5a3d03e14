/** Folders that are next, each with its place in the order; one that is there by now is taken out here. */
export const planned = "access files rollout controller web".split(" ");

/** The folders of src/ in their order, and among them the client for programs. */
export const order =
  "util protocol exec handlers broker config access state follow send operate files rollout inputs client node controller web cli".split(
    " ",
  );

/** The rooms of src/broker/ in theirs. */
export const brokerRooms = "server connection topology read write move control health".split(" ");

/** What of the command line deals with the broker itself: it makes, runs or examines it, or asks it within a keystroke. */
const besideTheClient = "commands/(init|broker|node|doctor)\\.ts|doctor/|complete/|connection\\.ts";

const anyOf = (folders) => `^src/(${folders.join("|")})(/|\\.ts$)`;

/** Of what is `within`, each of some folders may import only from itself and from those before it. */
const oneWay = (folders, within) =>
  folders.map((folder, place) => ({
    name: `${folder}-imports-only-what-stands-before-it`,
    severity: "error",
    from: { path: anyOf([folder]) },
    to: { path: within, pathNot: anyOf(folders.slice(0, place + 1)) },
  }));

export default {
  forbidden: [
    ...oneWay(order, "^(src|test|scripts)/"),
    ...oneWay(
      brokerRooms.map((room) => `broker/${room}`),
      "^src/broker/",
    ),
    {
      name: "who-only-reads-or-follows-writes-nothing",
      severity: "error",
      from: { path: anyOf(["state", "follow"]) },
      to: { path: "^src/broker/write/" },
    },
    {
      name: "the-library-needs-no-command-line",
      severity: "error",
      from: { path: "^src/index\\.ts$" },
      to: { path: "^src/cli/" },
    },
    {
      name: "the-daemon-needs-no-client",
      severity: "error",
      from: { path: "^src/node/" },
      to: { path: "^src/client" },
    },
    {
      name: "the-command-line-uses-the-client",
      comment: "What it shows may have the types of the parts below, and use functions over these that ask nobody.",
      severity: "error",
      from: { path: "^src/cli/", pathNot: `^src/cli/(render/|${besideTheClient})` },
      to: {
        path: "^src/(broker|state|follow|send|operate|node)/",
        pathNot: "^src/(send/outcome|state/(standing|selection))\\.ts$",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "what-is-shown-was-read-by-the-client",
      severity: "error",
      from: { path: "^src/cli/render/" },
      to: {
        path: "^src/(broker|follow|operate|node)/",
        pathNot: "^src/broker/connection/addresses\\.ts$",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "only-broker-knows-nats",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/broker/" },
      to: { path: "node_modules/(nats|@nats-io)/" },
    },
    {
      name: "one-file-knows-yargs",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/cli/parse\\.ts$" },
      to: { path: "node_modules/(@types/)?yargs" },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-development-packages-in-the-program",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    },
    { name: "nothing-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Imports of types count too: they bind the folders as much as those of code.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types"] },
  },
};
