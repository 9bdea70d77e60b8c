/**
 * What the simulated account is charged, by kind of work.
 *
 * @since 0.1.0
 */

/**
 * Credits for one request of each kind; for one track of `music` and for one generation of `image`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Prices {
  readonly music: number
  readonly voiceSpeech: number
  readonly miniMaxSpeech: number
  readonly edgeSpeech: number
  readonly soundEffect: number
  readonly speechToText: number
  readonly dubbing: number
  readonly voiceChanger: number
  readonly voiceIsolation: number
  readonly voiceClone: number
  readonly image: number
}

/**
 * The prices of a simulator that is told none. They are made up: the service publishes no list. No page says that a voice
 * clone costs anything, so it is in the ledger as a charge of 0.
 *
 * @since 0.1.0
 * @category configuration
 */
export const defaults: Prices = {
  music: 1188,
  voiceSpeech: 100,
  miniMaxSpeech: 80,
  edgeSpeech: 20,
  soundEffect: 200,
  speechToText: 150,
  dubbing: 2000,
  voiceChanger: 400,
  voiceIsolation: 300,
  voiceClone: 0,
  image: 250
}
