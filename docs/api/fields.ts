/** What a schema says of its fields, in words: the descriptions that its parts carry. */
import { Option, SchemaAST } from "effect"

export interface Field {
  /** A path: `voiceSettings.speed`, `tracks[].audioUrl`. */
  readonly name: string
  /** The same path on the wire. */
  readonly wire: string
  readonly type: string
  readonly isOptional: boolean
}

interface Property {
  readonly name: string
  readonly wire: string
  readonly type: SchemaAST.AST
  readonly isOptional: boolean
}

/** `DurationFromSelf` is a Duration. */
const named = (ast: SchemaAST.AST): Option.Option<string> =>
  Option.map(SchemaAST.getIdentifierAnnotation(ast), (name) => `a ${name.replace(/FromSelf$/, "")}`)

const inner = (ast: SchemaAST.AST): SchemaAST.AST | undefined => {
  switch (ast._tag) {
    case "Refinement":
      return ast.from
    case "Declaration":
      return ast.typeParameters[0]
    case "Suspend":
      return ast.f()
    default:
      return undefined
  }
}

const itemOf = (ast: SchemaAST.AST): SchemaAST.AST | undefined => {
  if (ast._tag === "Union") return ast.types.map(itemOf).find((item) => item !== undefined)
  return ast._tag === "TupleType" ? (ast.rest[0]?.type ?? ast.elements[0]?.type) : undefined
}

const listOf = (ast: SchemaAST.TupleType): string => {
  const item = itemOf(ast)
  const list = ast.elements.length === 0 ? "a list" : "a list that is not empty"
  return item === undefined || propertiesOf(item).length > 0 ? list : `${list}, of each: ${describe(item)}`
}

const describe = (ast: SchemaAST.AST): string =>
  Option.getOrElse(
    Option.orElse(SchemaAST.getDescriptionAnnotation(ast), () => named(ast)),
    () => {
      const within = inner(ast)
      if (within !== undefined) return describe(within)
      switch (ast._tag) {
        case "TupleType":
          return listOf(ast)
        case "Literal":
          return JSON.stringify(ast.literal)
        case "Union":
          return [...new Set(ast.types.filter((type) => type._tag !== "UndefinedKeyword").map(describe))].join(" or ")
        case "TypeLiteral":
          return "an object"
        case "Transformation":
          return describe(ast.to)
        case "UnknownKeyword":
          return "any JSON"
        default:
          throw new Error(`A schema without a description: ${ast}`)
      }
    }
  )

/** The fields of a struct: under both their names, with the types that the wire's side checks. */
const propertiesOf = (ast: SchemaAST.AST): ReadonlyArray<Property> => {
  const within = inner(ast)
  if (within !== undefined) return propertiesOf(within)
  switch (ast._tag) {
    case "TypeLiteral":
      return ast.propertySignatures.map(({ isOptional, name, type }) => ({
        name: String(name),
        wire: String(name),
        type,
        isOptional
      }))
    case "Transformation": {
      if (ast.transformation._tag !== "TypeLiteralTransformation") return []
      const wires = new Map(ast.transformation.propertySignatureTransformations.map(({ from, to }) => [to, from]))
      const sent = propertiesOf(ast.from)
      return propertiesOf(ast.to).map((property) => {
        const wire = String(wires.get(property.name) ?? property.name)
        return { ...property, wire, type: sent.find(({ name }) => name === wire)?.type ?? property.type }
      })
    }
    // Several places for one result: a field is certain when all of them have it.
    case "Union": {
      const places = ast.types.map(propertiesOf)
      const all = new Map(places.flat().map((property) => [property.name, property]))
      return [...all.values()].map((property) => ({
        ...property,
        isOptional: places.some((place) => place.find(({ name }) => name === property.name)?.isOptional !== false)
      }))
    }
    default:
      return []
  }
}

const rest = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.IndexSignature> => {
  const within = inner(ast)
  if (within !== undefined) return rest(within)
  if (ast._tag === "Transformation") return rest(ast.from)
  return ast._tag === "TypeLiteral" ? ast.indexSignatures : []
}

/** Every field, those of objects and of lists of objects after the field that holds them. */
export const fieldsOf = (ast: SchemaAST.AST): ReadonlyArray<Field> => [
  ...propertiesOf(ast).flatMap(({ isOptional, name, type, wire }) => {
    const item = itemOf(type)
    const mark = item === undefined ? "" : "[]"
    const parts = fieldsOf(item ?? type).map((part) => ({
      ...part,
      name: `${name}${mark}.${part.name}`,
      wire: `${wire}${mark}.${part.wire}`
    }))
    return [{ name, wire, type: describe(type), isOptional }, ...parts]
  }),
  ...rest(ast).map(({ type }) => ({ name: "…", wire: "…", type: `any other: ${describe(type)}`, isOptional: true }))
]

/** A schema that is no struct, in words. */
export const wordsOf = describe
