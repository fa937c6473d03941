/**
 * C: what Node sees. `make(memory, threads)` gives an object of functions: `run(program)`, `move(memory)` after the memory
 * has grown, and `release()`. The memory itself is kept alive by whoever calls.
 */

export const addon = `
#include <node_api.h>

typedef struct { Pool* pool; } Instance;

static void end_instance(void* data) {
  Instance* instance = (Instance*)data;
  if (instance->pool != NULL) end_pool(instance->pool);
  instance->pool = NULL;
}

static void finalize(napi_env env, void* data, void* hint) {
  Instance* instance = (Instance*)data;
  (void)hint;
  if (instance->pool != NULL) napi_remove_env_cleanup_hook(env, end_instance, instance);
  end_instance(instance);
  free(instance);
}

static u8* memory_of(napi_env env, napi_value array) {
  void* data = NULL;
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, array, &type, NULL, &data, NULL, NULL) != napi_ok) return NULL;
  return type == napi_uint8_array ? (u8*)data : NULL;
}

static Instance* called(napi_env env, napi_callback_info info, napi_value* argument) {
  size_t count = 1;
  void* data = NULL;
  if (napi_get_cb_info(env, info, &count, argument, NULL, &data) != napi_ok) return NULL;
  Instance* instance = (Instance*)data;
  if (instance->pool != NULL) return instance;
  napi_throw_error(env, NULL, "the compiled program was released");
  return NULL;
}

static napi_value run(napi_env env, napi_callback_info info) {
  napi_value argument;
  int32_t number = -1;
  Instance* instance = called(env, info, &argument);
  if (instance == NULL) return NULL;
  if (napi_get_value_int32(env, argument, &number) != napi_ok || number < 0 || number >= PROGRAMS) {
    napi_throw_error(env, NULL, "there is no such program");
    return NULL;
  }
  const u32 before = exact();
  run_program(instance->pool, number);
  restore(before);
  return NULL;
}

static napi_value move(napi_env env, napi_callback_info info) {
  napi_value array;
  Instance* instance = called(env, info, &array);
  if (instance == NULL) return NULL;
  u8* memory = memory_of(env, array);
  if (memory == NULL) napi_throw_error(env, NULL, "the memory must be a Uint8Array");
  else __atomic_store_n(&instance->pool->memory, memory, __ATOMIC_SEQ_CST);
  return NULL;
}

static napi_value release(napi_env env, napi_callback_info info) {
  napi_value argument;
  Instance* instance = called(env, info, &argument);
  if (instance == NULL) return NULL;
  napi_remove_env_cleanup_hook(env, end_instance, instance);
  end_instance(instance);
  return NULL;
}

static void give(napi_env env, napi_value object, const char* name, napi_callback function, void* data) {
  napi_value value;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, function, data, &value) != napi_ok) return;
  napi_set_named_property(env, object, name, value);
}

static napi_value make(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2], result;
  int32_t threads = 1;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok) return NULL;
  u8* memory = memory_of(env, arguments[0]);
  napi_get_value_int32(env, arguments[1], &threads);
  Instance* instance = memory == NULL ? NULL : (Instance*)calloc(1, sizeof(Instance));
  if (instance != NULL) instance->pool = make_pool(programs, PROGRAMS, threads < 1 ? 1 : threads);
  if (instance == NULL || instance->pool == NULL) {
    free(instance);
    napi_throw_error(env, NULL, memory == NULL ? "the memory must be a Uint8Array" : "out of memory");
    return NULL;
  }
  instance->pool->memory = memory;
  napi_create_object(env, &result);
  napi_wrap(env, result, instance, finalize, NULL, NULL);
  napi_add_env_cleanup_hook(env, end_instance, instance);
  give(env, result, "run", run, instance);
  give(env, result, "move", move, instance);
  give(env, result, "release", release, instance);
  return result;
}

NAPI_MODULE_INIT() {
  give(env, exports, "make", make, NULL);
  return exports;
}
`
