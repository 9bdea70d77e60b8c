/** Writes docs/api.md. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../test/documents.js"
import { page } from "./page.js"

writeFileSync(join(root, "docs/api.md"), page)
