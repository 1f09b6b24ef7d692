import { Engine } from "../engine/engine-client";
import { Host } from "../host/host";

/** The process that serves dynamic providers. */
export class ProviderHost extends Host {
  constructor(override readonly engine = new Engine(undefined)) {
    super(engine);
  }
}
