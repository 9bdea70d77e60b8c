import { defineProject } from "vitest/config"

const project = (name: string, root: string) => defineProject({ root, test: { name, include: ["test/**/*.test.ts"] } })

export default [
  ...["core", "node", "browser", "testing", "simulator"].map((name) => project(name, `packages/${name}`)),
  project("docs", "docs")
]
