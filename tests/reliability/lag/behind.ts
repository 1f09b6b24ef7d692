/** How far answers are behind, and how their pages shift. */
import { createHash } from "node:crypto";

/** Milliseconds by which an answer shows what happened to the job or asset of that id. */
export type LagOf = (id: string) => number;

export interface Behind {
  readonly name: string;
  /** Of the n-th listing. */
  readonly listing: (n: number) => LagOf;
  /** Of the n-th GetJob. */
  readonly getJob: (n: number) => LagOf;
  /** By how many items the next page begins too late; negative when items were inserted before it. */
  readonly shift: (n: number) => number;
}

const none = () => () => 0;
const plain = { listing: none, getJob: none, shift: () => 0 };

/** Anything from 0 up to 1, the same for the same text. */
export const fractionOf = (text: string): number =>
  createHash("sha256").update(text).digest().readUInt32BE(0) / 2 ** 32;

/** All listings show the service as it was. */
export const uniform = (lag: number): Behind => ({
  ...plain,
  name: `listings ${lag / 1_000} s behind`,
  listing: () => () => lag,
});

/** Each job and asset is shown late by a time of its own. */
export const each = (most: number, seed: string): Behind => ({
  ...plain,
  name: `each item 0 to ${most / 1_000} s late`,
  listing: () => (id) => most * fractionOf(seed + id),
});

/** Two replicas answer in turn. */
export const replicas = (one: number, other: number): Behind => ({
  ...plain,
  name: `replicas ${one / 1_000} s and ${other / 1_000} s behind in turn`,
  listing: (n) => () => (n % 2 === 0 ? one : other),
});

/** Pages of a listing begin one item too early or too late. */
export const shifting = (seed: string): Behind => ({
  ...plain,
  name: "pages that shift",
  shift: (n) => Math.floor(3 * fractionOf(`${seed} ${n}`)) - 1,
});

/** GetJob shows a job as it was, and none that is too young. */
export const stale = (lag: number): Behind => ({
  ...plain,
  name: `GetJob ${lag / 1_000} s behind`,
  getJob: () => () => lag,
});

/** Every answer as late as it may be. */
export const together = (name: string, ...parts: readonly Behind[]): Behind => ({
  name,
  listing: (n) => (id) => Math.max(...parts.map((part) => part.listing(n)(id))),
  getJob: (n) => (id) => Math.max(...parts.map((part) => part.getJob(n)(id))),
  shift: (n) => parts.reduce((sum, part) => sum + part.shift(n), 0),
});

/** A page of so many items, whose token is the number of its first. */
export function pageOf<T>(all: readonly T[], token: string | undefined, size: number, shift: number) {
  const from = token === undefined ? 0 : Math.max(0, Number(token) + shift);
  const to = from + size;
  return { items: all.slice(from, to), ...(to < all.length && { nextToken: String(to) }) };
}
