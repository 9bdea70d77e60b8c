/** Who may import whom; anything else is an error. */
const rule = (name, comment, from, to) => ({ name, comment, severity: "error", from, to })
const core = "^packages/core/src"
const resources =
  "Account|TextToSpeech|SpeechToText|Dubbing|SoundEffect|VoiceChanger|VoiceIsolation|VoiceClone|Image|Music"

module.exports = {
  forbidden: [
    rule("no-cycles", "A reader follows imports one way.", {}, { circular: true }),
    rule(
      "no-undeclared",
      "Every import is a declared dependency.",
      { path: "/src/" },
      { dependencyTypes: ["npm-no-pkg", "unknown"] }
    ),
    rule("no-unresolved", "Every import leads somewhere.", {}, { couldNotResolve: true }),
    rule(
      "core-is-alone",
      "Core imports no other package of ours and no platform.",
      { path: core },
      {
        path: ["^packages/(?!core/)", "^node:", "platform-(node|browser|bun)", "undici"]
      }
    ),
    rule("core-has-no-builtins", "Core runs everywhere.", { path: core }, { dependencyTypes: ["core"] }),
    rule(
      "browser-has-no-builtins",
      "A page has no Node.",
      { path: "^packages/browser/src" },
      { dependencyTypes: ["core"] }
    ),
    rule(
      "adapters-import-core-only",
      "Adapters know core and nothing else of ours.",
      { path: "^packages/(node|browser)/src/" },
      {
        path: "^packages/(?!core/|$1/)"
      }
    ),
    rule(
      "testing-imports-core-and-simulator",
      "Testing knows no adapter.",
      { path: "^packages/testing/src/" },
      {
        path: "^packages/(?!core/|simulator/|testing/)"
      }
    ),
    rule(
      "simulator-is-alone",
      "The simulator must be able to disagree with core.",
      { path: "^packages/simulator/src/" },
      {
        path: "^packages/(?!simulator/)"
      }
    ),
    rule(
      "conformance-runs-anywhere",
      "The suite is carried into every runtime: core alone, and the simulator's types.",
      { path: "^packages/conformance/src/" },
      { path: ["^packages/(?!core/|simulator/|conformance/)", "vitest"] }
    ),
    rule(
      "conformance-has-no-builtins",
      "Most runtimes have no Node.",
      { path: "^packages/conformance/src/" },
      { dependencyTypes: ["core"] }
    ),
    rule(
      "internal-stays-inside",
      "Another package's internals are not for import.",
      { path: "^(packages/([^/]+)|docs)/" },
      {
        path: "^packages/[^/]+/src/internal/",
        pathNot: "^packages/$2/"
      }
    ),
    rule(
      "errors-know-nothing",
      "Errors are the bottom: they import only pure leaves.",
      { path: `${core}/CheapAiError\\.ts$` },
      {
        path: core,
        pathNot: `${core}/(Attempt|internal/(errorFields|explanation|reason|storedTask))\\.ts$`
      }
    ),
    rule(
      "policies-know-only-errors",
      "A policy is a Schedule over errors.",
      { path: `${core}/RetryPolicy\\.ts$` },
      {
        path: core,
        pathNot: `${core}/CheapAiError\\.ts$`
      }
    ),
    rule(
      "internals-know-no-resource",
      "What sends knows no route by name.",
      { path: `${core}/internal/` },
      {
        path: `${core}/(${resources}|Task|CheapAi|index)\\.ts$`
      }
    )
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|\\.reports)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types"],
      extensions: [".ts", ".js", ".mjs", ".json"]
    }
  }
}
