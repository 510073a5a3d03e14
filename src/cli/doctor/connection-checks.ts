import { lookup } from "node:dns/promises";
import { readAddresses } from "../../broker/connection/addresses.ts";
import { isSilence } from "../../broker/connection/broker.ts";
import { openBroker } from "../../broker/connection/connect.ts";
import { hearsNoAnswer, isDenied } from "../../broker/connection/denied.ts";
import { readAccount } from "../../broker/health/room.ts";
import { minimumServerVersion } from "../../broker/server/minimum-version.ts";
import { messageOf, StewardError, type ErrorCode } from "../../protocol/errors.ts";
import { version } from "../../protocol/version.ts";
import { formatDuration } from "../../util/duration.ts";
import { connectionSettings, withContext } from "../../config/connection.ts";
import { originText } from "../../config/layers.ts";
import { maskedAddresses } from "../render/masked.ts";
import { resolveSettings } from "../settings.ts";
import { failed, failedBy, ok, warning, type Check, type Finding, type Patient } from "./check.ts";

/** The time to try to connect to a broker that does not answer, in milliseconds. */
const connectWait = 4000;
const oldestNode = [20, 19] as const;

/** The checks from this machine to a usable broker. Each check needs the check before it. */
export const connectionChecks: readonly Check[] = [
  { name: "node", needs: [], run: nodeVersion },
  { name: "settings", needs: [], run: settings },
  { name: "address", needs: ["settings"], run: address },
  { name: "broker", needs: ["address"], run: broker },
  {
    name: "credentials",
    needs: ["broker"],
    run: (patient) => refusedFor(patient, ["brokerRefused"]) ?? ok("accepted"),
  },
  { name: "version", needs: ["credentials"], run: serverVersion },
  { name: "jetstream", needs: ["version"], run: jetStream },
];

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const what = `Node.js ${process.versions.node}`;
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return ok(what);
  return failed(what, `install Node.js ${oldestNode.join(".")} or newer`);
}

async function settings(patient: Patient): Promise<Finding> {
  const known = await withContext(await resolveSettings(patient.typed, {}, patient.env), patient.env);
  const { servers, namespace } = connectionSettings(known.args);
  patient.settings = known;
  return ok(`broker ${maskedAddresses(servers)} (${originText(known.origins["server"])}), namespace ${namespace}`);
}

/** Checks that the host names of the broker can be resolved. */
async function address({ settings: known }: Patient): Promise<Finding> {
  const { servers } = connectionSettings(known?.args ?? {});
  const hosts = readAddresses(servers).urls.map(({ hostname }) => hostname.replaceAll(/[[\]]/g, ""));
  const unknown: string[] = [];
  for (const host of hosts) await lookup(host).catch(() => unknown.push(host));
  if (unknown.length === 0) return ok("the host name is known");
  const what = `unknown host: ${unknown.join(", ")}`;
  const mend = "correct the name, or add it to the DNS or to /etc/hosts";
  return unknown.length < hosts.length ? warning(what, mend) : failed(what, mend);
}

async function broker(patient: Patient): Promise<Finding> {
  const connection = connectionSettings(patient.settings?.args ?? {});
  const began = performance.now();
  try {
    patient.broker = await openBroker(connection, { name: "steward doctor", waitMs: connectWait });
  } catch (error) {
    if (!(error instanceof StewardError)) throw error;
    const isBehind = (["brokerRefused", "brokerTooOld", "jetStreamOff"] as ErrorCode[]).includes(error.code);
    if (!isBehind) return failedBy(error);
    patient.refusal = error;
    return ok("it answers");
  }
  return ok(`connected within ${formatDuration(Math.ceil(performance.now() - began))}`);
}

function refusedFor({ refusal }: Patient, codes: readonly ErrorCode[]): Finding | undefined {
  return refusal !== undefined && codes.includes(refusal.code) ? failedBy(refusal) : undefined;
}

function serverVersion(patient: Patient): Finding {
  const refused = refusedFor(patient, ["brokerTooOld"]);
  if (refused !== undefined) return refused;
  const needed = `Steward ${version} needs ${minimumServerVersion} or newer`;
  return ok(`nats-server ${patient.broker?.nc.info?.version ?? "of a sufficient version"}, and ${needed}`);
}

async function jetStream(patient: Patient): Promise<Finding> {
  const refused = refusedFor(patient, ["jetStreamOff"]);
  if (refused !== undefined || patient.broker === undefined) return refused ?? failed("no connection");
  try {
    const account = await readAccount(patient.broker);
    if ("err_code" in account) {
      return failed(account.description, "enable JetStream for the account in the broker's configuration");
    }
    patient.account = account;
    return ok("on");
  } catch (error) {
    if (hearsNoAnswer(error))
      return failed("the credentials do not allow receiving replies", "allow subscribing to _INBOX.>");
    if (isDenied(error))
      return warning("the credentials do not allow asking whether JetStream is on", "allow $JS.API.INFO");
    if (!isSilence(error)) throw error;
    return failed(
      `it does not answer (${messageOf(error)})`,
      "in a cluster, most servers must be up; see the broker's log",
    );
  }
}
