/** What an image is, besides its format. */
export interface Picture {
  /** Pixels, as shown. */
  readonly width: number;
  readonly height: number;
  readonly animated: boolean;
}
