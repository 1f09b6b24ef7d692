/** Clients that say `Expect: 100-continue` send their body once they are told to, and spare it when they are refused. */
import type { IncomingMessage, ServerResponse } from "node:http";

/** Tells the client to go on when somebody first reads the body, in whatever way. */
export function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const { shouldKeepAlive } = response;
  // Whether a client that is refused sends its body all the same cannot be known: no other request may follow it.
  response.shouldKeepAlive = false;
  const read = request._read.bind(request);
  request._read = (size) => {
    request._read = read;
    if (!response.headersSent) {
      response.shouldKeepAlive = shouldKeepAlive;
      response.writeContinue();
    }
    read(size);
  };
}
