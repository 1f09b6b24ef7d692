import { connect } from "node:net";

const connectTimeout = 2_000;

/** Whether a process listens at an address such as `127.0.0.1:4321`. */
export function canConnect(address: string): Promise<boolean> {
  const [host, port] = address.replace(/^\w+:\/\//, "").split(":");
  if (!host || !Number(port)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: connectTimeout });
    const end = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket.on("connect", () => end(true));
    // Other errors are local, such as missing ports or memory, and a busy engine answers late.
    socket.on("error", ({ code }: NodeJS.ErrnoException) => end(code !== "ECONNREFUSED"));
    socket.on("timeout", () => end(true));
  });
}
