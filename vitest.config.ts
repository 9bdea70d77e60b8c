import { defineConfig } from "vitest/config"
import projects from "./vitest.workspace.js"

/** Room for short-lived objects: the thousands of programs of the proofs spend an eighth of their time on collecting them. */
const execArgv = ["--max-semi-space-size=64"]

export default defineConfig({ test: { projects, poolOptions: { forks: { execArgv } } } })
