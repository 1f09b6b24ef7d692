/** A way to a local service of its own address, at which is seen who comes. */
import { request } from "node:http";

import type { Signer, SmallServer } from "./http";
import { serve, signerOf } from "./http";

export interface Doorway extends SmallServer {
  /** Who has signed the requests, each signer once, in order of appearance. */
  signers(): Signer[];
  forget(): void;
}

export async function openDoorway(to: string): Promise<Doorway> {
  const seen = new Map<string, Signer>();
  const server = await serve((incoming, answer) => {
    const signer = signerOf(incoming);
    seen.set(JSON.stringify(signer), signer);
    const { method, headers, url } = incoming;
    const onward = request(new URL(url!, to), { method, headers }, (response) => {
      answer.writeHead(response.statusCode!, response.headers);
      response.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    incoming.pipe(onward);
  });
  return { ...server, signers: () => [...seen.values()], forget: () => seen.clear() };
}
