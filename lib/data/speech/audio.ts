/** One channel of sound. */
export interface Audio {
  /** 16-bit samples. */
  readonly samples: Int16Array;
  /** In hertz. */
  readonly sampleRate: number;
}
