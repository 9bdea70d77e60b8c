import { defineProject } from "vitest/config"

const project = (name: string, root: string) =>
  defineProject({ root, test: { name, include: ["test/**/*.test.ts"], exclude: ["test/real/**"] } })

/** Real servers, a real browser, other runtimes: what needs more than this Node. */
const real = defineProject({
  test: {
    name: "real",
    include: ["{packages/*,docs}/test/real/**/*.test.ts"],
    globalSetup: "packages/node/test/real/installed.ts"
  }
})

export default [
  ...["core", "node", "browser", "testing", "simulator", "conformance"].map((name) =>
    project(name, `packages/${name}`)
  ),
  project("docs", "docs"),
  real
]
