/**
 * C: threads that run one program together. Between two phases they wait for each other; whoever waits looks again and again
 * for a while, since the others are nearly always there within microseconds, and then sleeps.
 */

export const pool = `
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#define PHASE_NANOSECONDS 20000
#define IDLE_NANOSECONDS 50000

typedef struct Pool Pool;
typedef void Body(u8* M, int thread, int threads, Pool* pool);
typedef struct { u32 value __attribute__((aligned(128))); } Word;
struct Pool {
  Word started, arrived, turn, sleepers;
  Body* body;
  u8* memory;
  int number, ended;
  pthread_t* handles;
  pthread_mutex_t lock;
  pthread_cond_t change;
};

static u32 look(const Word* word) { return __atomic_load_n(&word->value, __ATOMIC_SEQ_CST); }
static u32 add(Word* word, u32 n) { return __atomic_fetch_add(&word->value, n, __ATOMIC_SEQ_CST); }

static void rest(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

// Returns when the word is no longer what was seen of it.
static void wait_for(Pool* pool, const Word* word, u32 seen, int64_t nanoseconds) {
  for (int i = 0; i < 64; i++) {
    if (look(word) != seen) return;
    rest();
  }
  const int64_t end = now() + nanoseconds;
  while (now() < end) {
    for (int i = 0; i < 16; i++) {
      if (look(word) != seen) return;
      rest();
    }
  }
  // Who changes the word looks for sleepers afterwards, so one of the two sees the other.
  pthread_mutex_lock(&pool->lock);
  add(&pool->sleepers, 1);
  while (look(word) == seen) pthread_cond_wait(&pool->change, &pool->lock);
  add(&pool->sleepers, (u32)-1);
  pthread_mutex_unlock(&pool->lock);
}

static void change(Pool* pool, Word* word) {
  add(word, 1);
  if (look(&pool->sleepers) == 0) return;
  pthread_mutex_lock(&pool->lock);
  pthread_cond_broadcast(&pool->change);
  pthread_mutex_unlock(&pool->lock);
}

static __attribute__((noinline)) void barrier(Pool* pool) {
  if (pool->number == 1) return;
  const u32 turn = look(&pool->turn);
  if (add(&pool->arrived, 1) + 1 == (u32)pool->number) {
    __atomic_store_n(&pool->arrived.value, 0, __ATOMIC_SEQ_CST);
    change(pool, &pool->turn);
  } else {
    wait_for(pool, &pool->turn, turn, PHASE_NANOSECONDS);
  }
}

// Numbers are computed with denormals and rounded to nearest, whatever this thread did before.
static u32 exact(void) {
#if defined(__x86_64__)
  const u32 before = __builtin_ia32_stmxcsr();
  if ((before & 0xffc0) != 0x1f80) __builtin_ia32_ldmxcsr(0x1f80);
  return before;
#else
  return 0;
#endif
}

static void restore(u32 before) {
#if defined(__x86_64__)
  if ((before & 0xffc0) != 0x1f80) __builtin_ia32_ldmxcsr(before);
#else
  (void)before;
#endif
}

typedef struct { Pool* pool; int thread; } Worker;

static void* work(void* argument) {
  Worker worker = *(Worker*)argument;
  free(argument);
  Pool* pool = worker.pool;
  u32 seen = 0;
  exact();
  for (;;) {
    wait_for(pool, &pool->started, seen, IDLE_NANOSECONDS);
    seen++;
    if (pool->ended) return NULL;
    pool->body(pool->memory, worker.thread, pool->number, pool);
  }
}

static void start_worker(Pool* pool) {
  Worker* worker = (Worker*)malloc(sizeof(Worker));
  if (worker == NULL) return;
  worker->pool = pool;
  worker->thread = pool->number;
  if (pthread_create(&pool->handles[pool->number - 1], NULL, work, worker) == 0) pool->number++;
  else free(worker);
}

// Where the machine gives fewer threads there are fewer: no bit depends on it.
static Pool* make_pool(int threads) {
  Pool* pool = NULL;
  if (posix_memalign((void**)&pool, 128, sizeof(Pool)) != 0) return NULL;
  __builtin_memset(pool, 0, sizeof(Pool));
  pool->number = 1;
  pool->handles = (pthread_t*)calloc((size_t)threads, sizeof(pthread_t));
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->change, NULL);
  // Signals belong to Node's threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (int i = 1; i < threads && pool->handles != NULL; i++) start_worker(pool);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return pool;
}

static void end_pool(Pool* pool) {
  pool->ended = 1;
  change(pool, &pool->started);
  for (int i = 0; i < pool->number - 1; i++) pthread_join(pool->handles[i], NULL);
  pthread_cond_destroy(&pool->change);
  pthread_mutex_destroy(&pool->lock);
  free(pool->handles);
  free(pool);
}

static void run_together(Pool* pool, u8* memory, Body* body) {
  pool->body = body;
  pool->memory = memory;
  change(pool, &pool->started);
  body(memory, 0, pool->number, pool);
}
`
