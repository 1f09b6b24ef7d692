/** A way to the service on which one call can be held, before the service sees it or once it has taken effect. */
import type { TestServer } from "../../harness/http";
import { forwardRequest, startProxy } from "../../harness/http";
import { callOf } from "../frame/calls";

/** On which side of its effect a call is held. */
export type Side = "before" | "after";

export interface Boundary {
  readonly call: string;
  /** Which of the run's calls of that name: the first is 1. */
  readonly nth: number;
  readonly side: Side;
}

export interface Held {
  readonly reached: Promise<void>;
  /** Lets the call go on. */
  readonly release: () => void;
  /** Breaks the connection; a call that was held before its effect never has one. */
  readonly drop: () => void;
}

export interface Gate extends TestServer {
  /** The calls that came, in order. */
  readonly calls: readonly string[];
  /** Holds a call that is still to come. */
  hold(boundary: Boundary): Held;
  /** When the next call comes. */
  next(): Promise<void>;
}

interface Holding extends Boundary {
  readonly reach: () => void;
  /** Whether the call is to go on. */
  readonly goesOn: Promise<boolean>;
}

export async function openGate(to: string): Promise<Gate> {
  const calls: string[] = [];
  let holding: Holding | undefined;
  let waiting: (() => void)[] = [];

  const mayPass = async (call: string, nth: number, side: Side): Promise<boolean> => {
    if (holding?.call !== call || holding.nth !== nth || holding.side !== side) return true;
    holding.reach();
    return holding.goesOn;
  };
  const server = await startProxy(async (request, body) => {
    const call = callOf(request);
    calls.push(call);
    const nth = calls.filter((other) => other === call).length;
    for (const tell of waiting.splice(0)) tell();
    if (!(await mayPass(call, nth, "before"))) return undefined;
    const answer = await forwardRequest(to, request, body);
    return (await mayPass(call, nth, "after")) ? answer : undefined;
  });
  return {
    ...server,
    calls,
    hold(boundary) {
      let decide!: (goesOn: boolean) => void;
      let reach!: () => void;
      const goesOn = new Promise<boolean>((resolve) => (decide = resolve));
      const reached = new Promise<void>((resolve) => (reach = resolve));
      holding = { ...boundary, reach, goesOn };
      return { reached, release: () => decide(true), drop: () => decide(false) };
    },
    next: () => new Promise((resolve) => (waiting = [...waiting, resolve])),
  };
}
