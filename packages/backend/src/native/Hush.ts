/**
 * Keeps greetings of the library off the terminal. TensorFlow 2.21 writes them to standard error while its library is
 * initialized, before any log level can be set, so standard error is shut for that moment: two functions in C++, compiled
 * together with the binding, without TensorFlow.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { requireFromHere } from "./TfjsNode.ts"

/** The compiled file's name; it lies beside the binding where there is one. */
export const fileName = "hush.node"

export const source = `#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

static int saved = -1;

static napi_value Hush(napi_env, napi_callback_info) {
  if (saved >= 0) return nullptr;
  int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return nullptr;
  saved = fcntl(2, F_DUPFD_CLOEXEC, 3);
  if (saved >= 0) dup2(nowhere, 2);
  close(nowhere);
  return nullptr;
}

static napi_value Unhush(napi_env, napi_callback_info) {
  if (saved < 0) return nullptr;
  dup2(saved, 2);
  close(saved);
  saved = -1;
  return nullptr;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "hush", NAPI_AUTO_LENGTH, Hush, nullptr, &function);
  napi_set_named_property(env, exports, "hush", function);
  napi_create_function(env, "unhush", NAPI_AUTO_LENGTH, Unhush, nullptr, &function);
  napi_set_named_property(env, exports, "unhush", function);
  return exports;
}
`

interface Hush {
  readonly hush: () => void
  readonly unhush: () => void
}

/** Runs `f` with standard error shut, if the binding includes the means and the log level is warnings or less. */
export const hushed = <A>(bindingFile: string, f: () => A): A => {
  const file = path.join(path.dirname(bindingFile), fileName)
  if (process.env["TF_CPP_MIN_LOG_LEVEL"] === "0" || !fs.existsSync(file)) return f()
  const { hush, unhush } = requireFromHere(file) as Hush
  hush()
  try {
    return f()
  } finally {
    unhush()
  }
}
