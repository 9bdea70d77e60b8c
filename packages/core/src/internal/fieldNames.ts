/** What an input's schema knows of its fields' names, here and on the wire. */
import type * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"

interface Field {
  readonly name: string
  readonly wire: string
  readonly type: SchemaAST.AST | undefined
}

const fieldsIn = (ast: SchemaAST.AST): ReadonlyArray<Field> => {
  switch (ast._tag) {
    case "Refinement":
      return fieldsIn(ast.from)
    case "TypeLiteral":
      return ast.propertySignatures.map(({ name, type }) => ({ name: String(name), wire: String(name), type }))
    case "Transformation": {
      if (ast.transformation._tag !== "TypeLiteralTransformation") return []
      const renamed = new Map(ast.transformation.propertySignatureTransformations.map(({ from, to }) => [to, from]))
      const sent = fieldsIn(ast.from)
      return fieldsIn(ast.to).map(({ name }) => {
        const wire = String(renamed.get(name) ?? name)
        return { name, wire, type: sent.find((field) => field.name === wire)?.type }
      })
    }
    default:
      return []
  }
}

const within = ({ name, type }: Field): ReadonlyArray<readonly [leaf: string, path: string]> =>
  type === undefined
    ? []
    : fieldsIn(type).flatMap((inner) => [
        [inner.name, `${name}.${inner.name}`],
        [inner.wire, `${name}.${inner.name}`]
      ])

/** Where a name stands one level down, by both its names. */
export const nestedIn = (schema: Schema.Schema.Any): ReadonlyMap<string, string> =>
  new Map(fieldsIn(schema.ast).flatMap(within))

/** Both names of each field. */
export const namesOf = (schema: Schema.Schema.Any): ReadonlyArray<Pick<Field, "name" | "wire">> => fieldsIn(schema.ast)

const spellingsIn = (ast: SchemaAST.AST, parent: string): ReadonlyArray<readonly [path: string, hint: string]> =>
  fieldsIn(ast).flatMap(({ name, type, wire }) => [
    ...(wire === name ? [] : [[`${parent}${wire}`, `Write ${name} in place of ${wire}.`] as const]),
    ...(type === undefined ? [] : spellingsIn(type, `${parent}${name}.`))
  ])

/** What to say of a field that is spelt as on the wire. */
export const spellings = (schema: Schema.Schema.Any): ReadonlyArray<readonly [path: string, hint: string]> =>
  spellingsIn(schema.ast, "")
