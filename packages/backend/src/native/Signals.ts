/**
 * Keeps signals away from threads that compute. oneDNN's matrix products keep data where a signal's handler puts its frame: one
 * Ctrl-C, or a terminal that is resized, at the wrong moment overwrites memory (seen with TensorFlow 2.21: the process
 * aborts; it might as well continue with wrong numbers). So the thread that loads the library blocks signals, the library's own
 * threads inherit that, and a thread that does nothing else takes them. Node's listeners are called as before.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { requireFromHere } from "./TfjsNode.ts"

/** The compiled file's name; it lies beside the binding where there is one. */
export const fileName = "signals.node"

export const source = `#include <node_api.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void* Take(void*) {
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
  for (;;) pause();
  return nullptr;
}

static bool Divert() {
  // A fault belongs to the thread that made it, and the profiler asks a thread where it is.
  const int kept[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGPROF};
  sigset_t diverted, before;
  sigfillset(&diverted);
  for (int signal : kept) sigdelset(&diverted, signal);
  if (pthread_sigmask(SIG_BLOCK, &diverted, &before) != 0) return false;
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 256 * 1024);
  pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
  pthread_t taker;
  const bool made = pthread_create(&taker, &small, Take, nullptr) == 0;
  pthread_attr_destroy(&small);
  if (!made) pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return made;
}

// The remaining one, the profiler's signal, gets a separate stack.
static void OwnStack() {
  stack_t now;
  if (sigaltstack(nullptr, &now) != 0 || !(now.ss_flags & SS_DISABLE)) return;
  stack_t own = {};
  own.ss_size = 256 * 1024;
  own.ss_sp = malloc(own.ss_size);
  if (own.ss_sp != nullptr) sigaltstack(&own, nullptr);
}

static napi_value DivertSignals(napi_env env, napi_callback_info) {
  OwnStack();
  napi_value result;
  napi_get_boolean(env, Divert(), &result);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "divertSignals", NAPI_AUTO_LENGTH, DivertSignals, nullptr, &function);
  napi_set_named_property(env, exports, "divertSignals", function);
  return exports;
}
`

let diverted = false

/** Whether signals are kept away from what computes. */
export const areDiverted = (): boolean => diverted

/** From now on, a separate thread takes the process's signals, if the binding includes the means. */
export const divert = (bindingFile: string): void => {
  const file = path.join(path.dirname(bindingFile), fileName)
  if (diverted || !fs.existsSync(file)) return
  const { divertSignals } = requireFromHere(file) as { readonly divertSignals: () => boolean }
  diverted = divertSignals()
}
