import type { Stage } from "../stage";

/** A part of the demo's story. */
export interface Chapter {
  title: string;
  /** What is done, and what is worth a look. */
  about: string;
  /** Plays it, and answers with what has been seen; throws where something else was. */
  play(stage: Stage): Promise<string>;
}
