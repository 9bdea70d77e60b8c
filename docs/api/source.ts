/** What the library's source says of its exports: their comments, what they take, and what they give. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import ts from "typescript"
import { root } from "../test/documents.js"

export interface Export {
  /** The comment, as one paragraph. */
  readonly comment: string
  /** `input: Input`, or nothing for what is no function. */
  readonly parameters: ReadonlyArray<string>
  /** The type arguments of the Effect that comes back: value, errors, services. */
  readonly gives: ReadonlyArray<string>
}

const parse = (module: string): ts.SourceFile => {
  const path = join(root, `packages/core/src/${module}.ts`)
  return ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true)
}

const files = new Map<string, ts.SourceFile>()
const fileOf = (module: string): ts.SourceFile => {
  const file = files.get(module) ?? parse(module)
  files.set(module, file)
  return file
}

const commentOf = (node: ts.Node): string =>
  ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "")
    .join(" ")
    .replace(/\s+/g, " ")

const one = (text: string) => text.replace(/\s+/g, " ")

const effectOf = (type: ts.TypeNode | undefined): ReadonlyArray<string> =>
  type !== undefined && ts.isTypeReferenceNode(type)
    ? (type.typeArguments ?? []).map((argument) => one(argument.getText()))
    : []

const readDeclaration = (declaration: ts.VariableDeclaration): Omit<Export, "comment"> => {
  const { initializer, type } = declaration
  return initializer !== undefined && ts.isArrowFunction(initializer)
    ? {
        parameters: initializer.parameters.map((parameter) => one(parameter.getText())),
        gives: effectOf(initializer.type)
      }
    : { parameters: [], gives: effectOf(type) }
}

const variables = (file: ts.SourceFile) =>
  file.statements
    .filter(ts.isVariableStatement)
    .flatMap((statement) => statement.declarationList.declarations.map((declaration) => ({ statement, declaration })))

/** `export { await_ as await }` */
const specifiers = (file: ts.SourceFile): ReadonlyArray<ts.ExportSpecifier> =>
  file.statements
    .filter(ts.isExportDeclaration)
    .flatMap(({ exportClause }) =>
      exportClause !== undefined && ts.isNamedExports(exportClause) ? [...exportClause.elements] : []
    )

export const exportOf = (module: string, name: string): Export => {
  const file = fileOf(module)
  const specifier = specifiers(file).find((element) => element.name.text === name)
  const own = specifier?.propertyName?.text ?? name
  const found = variables(file).find(({ declaration }) => declaration.name.getText() === own)
  if (found === undefined) throw new Error(`packages/core/src/${module}.ts has no ${name}`)
  return { comment: commentOf(specifier ?? found.statement), ...readDeclaration(found.declaration) }
}
