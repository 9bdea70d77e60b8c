import { describe, expect, it } from "@effect/vitest"
import * as Wav from "@effect-cheapai/simulator/Wav"

// 22050 samples a second for 3.6 seconds, two bytes each.
const dataLength = 158_760

const header = [
  [0x52, 0x49, 0x46, 0x46], // RIFF
  [0x4c, 0x6c, 0x02, 0x00], // 36 + 158760
  [0x57, 0x41, 0x56, 0x45], // WAVE
  [0x66, 0x6d, 0x74, 0x20], // "fmt "
  [0x10, 0x00, 0x00, 0x00], // 16
  [0x01, 0x00, 0x01, 0x00], // PCM, one channel
  [0x22, 0x56, 0x00, 0x00], // 22050
  [0x44, 0xac, 0x00, 0x00], // 44100 bytes a second
  [0x02, 0x00, 0x10, 0x00], // two bytes a frame, 16 bit
  [0x64, 0x61, 0x74, 0x61], // data
  [0x28, 0x6c, 0x02, 0x00] // 158760
].flat()

const samples = (file: Uint8Array) => {
  const view = new DataView(file.buffer, 44)
  return Array.from({ length: view.byteLength / 2 }, (_, index) => view.getInt16(2 * index, true))
}

describe("Wav", () => {
  it("has a PCM header, byte for byte", () => {
    expect(Array.from(Wav.melody().subarray(0, 44))).toEqual(header)
  })

  it("is as long as its header and its duration say", () => {
    expect(Wav.melody().length).toBe(44 + dataLength)
    expect(Wav.durationMillis).toBe(3600)
  })

  it("is heard, does not clip, and begins and ends in silence", () => {
    const all = samples(Wav.melody())
    const peak = all.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    expect(peak).toBeGreaterThan(8_000)
    expect(peak).toBeLessThan(32_767)
    expect(all[0]).toBe(0)
    expect(Math.abs(all.at(-1) ?? 1)).toBeLessThan(10)
  })

  it("makes no jump between neighbouring samples that would be heard as a click", () => {
    const all = samples(Wav.melody())
    const jump = all.reduce((most, value, index) => Math.max(most, Math.abs(value - (all[index - 1] ?? 0))), 0)
    expect(jump).toBeLessThan(5_000)
  })

  it("sounds otherwise when transposed, in the same length", () => {
    expect(Wav.melody(2)).not.toEqual(Wav.melody())
    expect(Wav.melody(2).length).toBe(Wav.melody().length)
  })

  it("plays one note of any length", () => {
    expect(Wav.tone(0.5)).toHaveLength(44 + 22_050)
    expect(Wav.tone(0.5).subarray(0, 4)).toEqual(Wav.melody().subarray(0, 4))
    expect(Wav.tone(0.3).subarray(44)).toEqual(Wav.melody().subarray(44, 44 + 2 * 6615))
  })
})
