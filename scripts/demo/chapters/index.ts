/** The story in its order; each chapter begins where the one before it ended. */
import { changed, exported, previewOfChange } from "./changing";
import type { Chapter } from "./chapter";
import { firstUp, preview, reordered, secondUp } from "./declaring";
import { failed, retried } from "./failing";
import { closing } from "./closing";
import { destroyed, forgotten } from "./leaving";

export type { Chapter };

export const chapters: readonly Chapter[] = [
  preview,
  firstUp,
  secondUp,
  reordered,
  previewOfChange,
  changed,
  exported,
  failed,
  retried,
  forgotten,
  destroyed,
  closing,
];
