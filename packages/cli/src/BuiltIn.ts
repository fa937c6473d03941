/** What configs may name without a plugin: the parts of Etude's own packages. */
import * as CallbacksConfig from "@etude/callbacks/CallbacksConfig"
import * as Registry from "@etude/core/Registry"
import * as Losses from "@etude/losses/plugin"
import * as Optimizers from "@etude/optimizers/plugin"
import * as ReportsConfig from "@etude/reports/ReportsConfig"

/** The packages whose parts come with the command. */
export const plugins = [CallbacksConfig.plugin, ReportsConfig.plugin, Losses.plugin, Optimizers.plugin]

/** Core's optimizers and schedules, and the callbacks of these packages: those that change a run, and those that observe it. */
export const registry: Registry.RegistryService = Registry.extend(Registry.core, ...plugins)

/** The section `callbacks` of a config, decoded. Plugins' callbacks are in it as the same kind of data as ours. */
export interface Callbacks extends CallbacksConfig.CallbacksConfig, ReportsConfig.ReportsConfig {}
/** The same as files write it. */
export interface CallbacksInput extends CallbacksConfig.CallbacksInput, ReportsConfig.ReportsInput {}
