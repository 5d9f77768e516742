/** Fixes the kernels for a whole run. */
import { backendOf, requestedEngine, xlaChoiceOf } from "./setup/choice.ts";
import { locateNative } from "./setup/location.ts";
import {
  kernelSettings,
  kernelSettingsNote,
  kernelSettingsText,
} from "./tensorflow/kernel_settings.ts";

/** What a verb may say of the kernels. */
export interface SettledKernels {
  /** Who chose them, where that is not the defaults; else nothing. */
  readonly text: string;
  /** Why a choice cannot be used, if one cannot. */
  readonly note: string;
}

/**
 * Puts the choice of kernels into `BASIN_TUNING`. The processes that inherit it compute as this
 * one's keys say, though a new measurement should end meanwhile; and a stage, which may not read
 * what the processor is, need not.
 *
 * @throws {RangeError} If `BASIN_TUNING` names no choice.
 */
export function settleKernels(): SettledKernels {
  const asked = requestedEngine();
  const isOther = xlaChoiceOf(asked) !== undefined || backendOf(asked) !== undefined;
  const native = isOther ? undefined : locateNative();
  if (!native) return { text: "", note: "" };
  const settings = kernelSettings(native.digest);
  Deno.env.set("BASIN_TUNING", settings.tuning.name);
  const isDefault = Object.keys(settings.own).length === 0 && !settings.isRequested &&
    settings.record.kind !== "found";
  return {
    text: isDefault ? "" : kernelSettingsText(settings),
    note: kernelSettingsNote(settings),
  };
}
