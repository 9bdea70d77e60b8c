import { defineProject } from "vitest/config"

/** For a machine that is busy: no test measures time. */
const testTimeout = 60_000

const project = (name: string, root: string) =>
  defineProject({ root, test: { name, include: ["test/**/*.test.ts"], exclude: ["test/real/**"], testTimeout } })

/** Real servers, a real browser, other runtimes: what needs more than this Node. */
const real = defineProject({
  test: {
    name: "real",
    testTimeout,
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
