import { join, relative } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const index = join(root, "src/index.ts");

test("each type that an exported type mentions is exported too, so that a program can name it", () => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram([index], { ...options, skipLibCheck: true });
  const checker = program.getTypeChecker();
  const resolved = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const module = checker.getSymbolAtLocation(program.getSourceFile(index)!)!;
  const exported = new Set(checker.getExportsOfModule(module).map(resolved));

  const missing = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node) || isPrivate(node)) return;
    const name = nameIn(node);
    const symbol = name && checker.getSymbolAtLocation(name);
    if (symbol !== undefined) note(resolved(symbol));
    ts.forEachChild(node, visit);
  };
  const note = (symbol: ts.Symbol): void => {
    const [declaration] = symbol.declarations ?? [];
    const file = declaration?.getSourceFile().fileName ?? "";
    // What its own file keeps for itself is a detail.
    const isMeant = file.startsWith(join(root, "src/")) && isExported(declaration);
    if (isMeant && !exported.has(symbol)) missing.add(`${symbol.name} (${relative(root, file)})`);
  };
  for (const symbol of exported) for (const declaration of symbol.declarations ?? []) visit(typed(declaration));
  expect(exported.size).toBeGreaterThan(80);
  expect([...missing].toSorted()).toEqual([]);
});

/** Of a constant only its type is seen from outside. */
function typed(declaration: ts.Declaration): ts.Node {
  return ts.isVariableDeclaration(declaration) ? (declaration.type ?? declaration.name) : declaration;
}

function nameIn(node: ts.Node): ts.Node | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName;
  return ts.isExpressionWithTypeArguments(node) ? node.expression : undefined;
}

function isExported(declaration: ts.Declaration | undefined): boolean {
  if (declaration === undefined || !ts.canHaveModifiers(declaration)) return false;
  return ts.getModifiers(declaration)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

function isPrivate(node: ts.Node): boolean {
  return ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name);
}
