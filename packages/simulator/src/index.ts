/**
 * The CheapAI HTTP API in memory or on a port, with a ledger of charges, scripted faults and seeded plans of them.
 * `SimulatorServer` alone needs Node; in a browser bundle import the other modules by their paths.
 *
 * @since 0.1.0
 */
export * as ApiKey from "./ApiKey.js"
export * as Arrival from "./Arrival.js"
export * as Fault from "./Fault.js"
export * as Faults from "./Faults.js"
export * as Ledger from "./Ledger.js"
export * as Prices from "./Prices.js"
export * as Simulator from "./Simulator.js"
export * as SimulatorClient from "./SimulatorClient.js"
export * as SimulatorFetch from "./SimulatorFetch.js"
export * as SimulatorServer from "./SimulatorServer.js"
export * as Wav from "./Wav.js"
export * as Wire from "./Wire.js"
