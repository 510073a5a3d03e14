import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { beforeAll, expect, test, vi } from "vitest";

// The compiler reads all of src/.
vi.setConfig({ testTimeout: 30_000 });

const root = join(import.meta.dirname, "../../..");

/** A function that docs/architecture.md names, with its file. */
interface Step {
  readonly name: string;
  readonly path: string;
}

/** A list item's functions: each calls the next. Those of the items under it are called by one of these. */
interface Item {
  readonly steps: readonly Step[];
  readonly above: Item | undefined;
}

const element = /`([\w.#]+)`(?:\s+\(`([\w/.-]+)`\))?/g;
const chains = new RegExp(`^( *)- (${element.source}(?:\\s+→\\s+${element.source})*)`, "gm");

/** The functions at which the way begins: a command, or what an operator starts. */
const beginnings = ["sendCommand", "NodeDaemon", "NodeDaemon.start", "nodesCommand", "builtInHandlers"];

const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
const items = itemsOf(page);
const links = linksOf(items);
let way: Way;
beforeAll(() => {
  way = new Way([...new Set(items.flatMap(({ steps }) => steps.map(({ path }) => path)))]);
}, 60_000);

test("the whole way is described: from the command to the queue, through a lane to the ACK, and back", () => {
  const names = items.flatMap(({ steps }) => steps.map(({ name }) => name));
  const stations = ["sendCommand", "send", "Queue.put", "untilKnown", "Intake.resync", "Dispatcher.deliver"];
  stations.push("Lane.push", "claim", "Journal.write", "Attempt.run", "settle", "Remover.remove");
  stations.push("Waiter.#take", "messagesText", "readNodes");
  expect(stations.filter((name, at) => names.indexOf(name) <= names.indexOf(stations[at - 1] ?? ""))).toEqual([]);
});

test("the way is short", () => {
  expect(page.trimEnd().split("\n").length).toBeLessThanOrEqual(60);
  expect(page.split(/\s+/).length).toBeLessThanOrEqual(634);
});

test("the functions that docs/architecture.md names exist", () => {
  const missing = items.flatMap(({ steps }) => steps).filter((step) => way.declaration(step) === undefined);
  expect(missing).toEqual([]);
});

test("each function is called by the one before it, or by one above it", () => {
  const broken = links.filter(({ from, to }) => !from.some((step) => way.leads(step, to)));
  expect(broken.map(({ from, to }) => `${from.map(({ name }) => name).join(" or ")} → ${to.name}`)).toEqual([]);
});

test("the way begins only at functions that something else starts", () => {
  const first = items.filter(({ above }) => above === undefined).map(({ steps: [step] }) => step?.name);
  const known = new Set([...beginnings, ...links.map(({ to }) => to.name)]);
  expect(first.filter((name) => !known.has(name ?? ""))).toEqual([]);
});

test("a function that the one before does not call is noticed, and so is a missing function", () => {
  const settle = { name: "settle", path: "src/node/settle.ts" };
  const push = { name: "Lane.push", path: "src/node/lane.ts" };
  expect([way.leads(settle, push), way.leads(push, settle)]).toEqual([false, false]);
  expect(way.declaration({ ...push, name: "Lane.pull" })).toBeUndefined();
});

/**
 * Reads lines such as "- `f` → `g` (`src/a.ts`) → `h` (`src/b.ts`) says what": `f` and `g` are in the first file. A name
 * needs no file where it, or its class, had one before.
 */
function itemsOf(document: string): Item[] {
  const found: (Item & { readonly indent: number })[] = [];
  const files = new Map<string, string>();
  for (const [, { length: indent } = "", chain = ""] of document.matchAll(chains)) {
    const unknown: string[] = [];
    const names = [...chain.matchAll(element)].map(([, name = "", path]) => {
      if (!files.has(ownerOf(name))) unknown.push(ownerOf(name));
      if (path !== undefined) for (const owner of unknown.splice(0)) files.set(owner, path);
      return name;
    });
    const above = found.findLast((item) => item.indent < indent);
    const steps = names.map((name) => ({ name, path: files.get(ownerOf(name)) ?? "" }));
    found.push({ steps, above, indent });
  }
  return found;
}

function ownerOf(name: string): string {
  return name.split(".")[0] ?? name;
}

function linksOf(all: readonly Item[]): { readonly from: readonly Step[]; readonly to: Step }[] {
  return all.flatMap(({ steps, above }) =>
    steps.flatMap((to, at) => {
      const before = at === 0 ? above?.steps : steps.slice(at - 1, at);
      return before === undefined ? [] : [{ from: before, to }];
    }),
  );
}

/** Finds definitions in the same way as an editor. */
class Way {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;

  constructor(paths: readonly string[]) {
    const read = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)).config as object;
    const { options } = ts.parseJsonConfigFileContent({ ...read, include: [], files: ["src/index.ts"] }, ts.sys, root);
    this.#program = ts.createProgram(
      paths.map((path) => join(root, path)),
      options,
    );
    this.#checker = this.#program.getTypeChecker();
  }

  /** The declaration of `f`, `Class`, `Class.method` or `Class.#method`. */
  declaration({ name, path }: Step): ts.Node | undefined {
    const [first, member] = name.split(".");
    const source = this.#program.getSourceFile(join(root, path));
    const outer = source?.statements.flatMap((statement) => declared(statement)).find((node) => nameOf(node) === first);
    if (member === undefined || outer === undefined) return outer;
    if (!ts.isClassDeclaration(outer) && !ts.isInterfaceDeclaration(outer)) return undefined;
    return outer.members.find((node) => nameOf(node) === member);
  }

  /** True when a name in the function `from` has `to` as its definition: it calls it, or hands it on. */
  leads(from: Step, to: Step): boolean {
    const target = this.declaration(to);
    const found = this.declaration(from);
    const start =
      found !== undefined && ts.isClassDeclaration(found) ? found.members.find(ts.isConstructorDeclaration) : found;
    if (start === undefined || target === undefined) return false;
    const names = (node: ts.Node): boolean => {
      if (ts.isTypeNode(node) || node === nameNode(start)) return false;
      const isName = ts.isIdentifier(node) || ts.isPrivateIdentifier(node);
      return (isName && this.#definitions(node).includes(target)) || ts.forEachChild(node, names) === true;
    };
    return names(start);
  }

  #definitions(name: ts.Identifier | ts.PrivateIdentifier): readonly ts.Node[] {
    // Of `const { f } = await import("…")`, as editors do, the `f` of that file.
    const { parent } = name;
    const taken = ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.parent) ? parent : undefined;
    const symbol =
      taken === undefined
        ? this.#checker.getSymbolAtLocation(name)
        : this.#checker.getTypeAtLocation(taken.parent).getProperty(name.text);
    if (symbol === undefined) return [];
    const real = symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
    return real.declarations ?? [];
  }
}

function declared(statement: ts.Statement): readonly ts.Node[] {
  return ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
}

function nameNode(node: ts.Node): ts.Node | undefined {
  return (node as Partial<ts.NamedDeclaration>).name;
}

function nameOf(node: ts.Node): string | undefined {
  const name = nameNode(node);
  return name !== undefined && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) ? name.text : undefined;
}
