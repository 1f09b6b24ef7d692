/**
 * Keeps web pages out. A page that somebody on this machine looks at can make a browser call a server here: it names
 * the page's origin then, or is for a host by whose name the page came, and which now means this machine.
 */
import type { Exchange } from "./http-context";

export const isOfProgram = (exchange: Exchange): boolean =>
  !namesPage(exchange) && isNobodysName(exchange.request.headers.host ?? "");

/** Browsers name the page with every request that it makes by itself and that does anything. */
export const namesPage = ({ request: { headers } }: Exchange): boolean => headers.origin !== undefined;

/** Names that no page comes by: addresses, `localhost` and AWS's own, and what clients put before them. */
const nobodys = /(^|\.)(localhost|\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\]|amazonaws\.com)(:\d+)?$/i;

const isNobodysName = (host: string): boolean => nobodys.test(host);

export const isLoopback = (address: string): boolean => /^(::ffff:)?127\.|^::1$/.test(address);
