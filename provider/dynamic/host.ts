import type { OwnSettings } from "../aws/settings";
import { Host } from "../host/host";
import { Engine } from "../engine/engine-client";

/** The process that serves dynamic providers. */
export class ProviderHost extends Host {
  private isPreloaded = false;

  constructor(override readonly engine = new Engine(undefined)) {
    super(engine);
  }

  /**
   * Loads the modules that the first job needs, mainly the SDK's client, while the engine handles the answer. Called for a
   * new or changed resource only, so that an unchanged stack loads nothing.
   */
  preload(settings: OwnSettings): void {
    if (this.isPreloaded) return;
    this.isPreloaded = true;
    // Wrong settings are reported by the operation.
    const load = () =>
      this.sessions.of(settings).then(
        () => this.engine.connect(),
        () => undefined,
      );
    // Loading blocks the process, so the answer is sent first.
    setTimeout(() => void load(), 5).unref();
  }
}
