/**
 * C: threads that run one program together. A phase is a list of pieces; each thread first takes those that are its own (the
 * same ones at each run, whose numbers are in its cache), then what others haven't begun. So nobody waits for a thread that
 * sleeps or was set aside, only for pieces that are being done. All counting is of one phase at a time: a counter's upper bits
 * name the phase, in the order of all that ever ran, and whoever comes late sees that it is over.
 */

const types = `
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#define PHASE_NANOSECONDS 20000
// Longer than the host takes between two steps: who sleeps then comes too late for the first phase.
#define IDLE_NANOSECONDS 200000
#define ENDED ((u64)-1)
#define TRIES 8
#define RUNS_BETWEEN_TRIES 4096
#define LONGEST_TRIED 5000000

typedef uint64_t u64;
typedef struct { u64 value __attribute__((aligned(128))); } Word;
// The pieces of a phase; \`alone\`: all are for the thread that called.
typedef struct { void (*piece)(u8* M, int number); int pieces, alone; } Phase;
// Phases from \`first\` to before \`last\` are worth waking others for.
typedef struct { const Phase* phases; int count, first, last; } Compiled;
// How a program is run: on all threads, or by the caller alone. Both are tried now and then.
typedef struct { u64 runs; int64_t least[2]; int alone; } Choice;
typedef struct {
  // The first phase's number among all, and the program's; a later phase's pieces that are done; who sleeps.
  Word started, done, sleepers;
  // By thread: pieces of its own that were taken.
  Word* taken;
  const Compiled* programs;
  Choice* choices;
  u8* memory;
  u64 next;
  int number;
  pthread_t* handles;
  pthread_mutex_t lock;
  pthread_cond_t change;
} Pool;
`

const waiting = `
static u64 look(const Word* word) { return __atomic_load_n(&word->value, __ATOMIC_SEQ_CST); }
static u64 add(Word* word, u64 n) { return __atomic_add_fetch(&word->value, n, __ATOMIC_SEQ_CST); }
static int swap(Word* word, u64* seen, u64 next) {
  return __atomic_compare_exchange_n(&word->value, seen, next, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

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

typedef int Test(Pool* pool, u64 a, u64 b);

// Looks again and again, since it is nearly always a matter of microseconds, and then sleeps.
static void wait_until(Pool* pool, Test* test, u64 a, u64 b, int64_t nanoseconds) {
  const int64_t end = now() + nanoseconds;
  do {
    for (int i = 0; i < 32; i++) {
      if (test(pool, a, b)) return;
      rest();
    }
  } while (now() < end);
  // Who changes something looks for sleepers afterwards, so one of the two sees the other.
  pthread_mutex_lock(&pool->lock);
  add(&pool->sleepers, 1);
  while (!test(pool, a, b)) pthread_cond_wait(&pool->change, &pool->lock);
  add(&pool->sleepers, (u64)-1);
  pthread_mutex_unlock(&pool->lock);
}

static void wake(Pool* pool) {
  if (look(&pool->sleepers) == 0) return;
  pthread_mutex_lock(&pool->lock);
  pthread_cond_broadcast(&pool->change);
  pthread_mutex_unlock(&pool->lock);
}
`

const phases = `
// The number of a piece that is now the caller's, or -1.
static int take(Word* taken, u64 phase, u64 pieces) {
  u64 seen = look(taken);
  for (;;) {
    const u64 of = seen >> 16, count = of == phase ? seen & 0xffff : 0;
    if (of > phase || count >= pieces) return -1;
    if (swap(taken, &seen, phase << 16 | (count + 1))) return (int)count;
  }
}

static int is_done(Pool* pool, u64 phase, u64 pieces) {
  const u64 done = look(&pool->done);
  return done >> 16 > phase || (done >> 16 == phase && (done & 0xffff) == pieces);
}

static void count_done(Pool* pool, u64 phase, u64 pieces, u64 all) {
  u64 seen = look(&pool->done), count;
  do count = (seen >> 16 == phase ? seen & 0xffff : 0) + pieces;
  while (!swap(&pool->done, &seen, phase << 16 | count));
  if (count == all) wake(pool);
}

static void take_part(Pool* pool, const Phase* phase, u64 number, int thread) {
  int count = 0;
  if (phase->alone) {
    if (thread == 0) for (; count < phase->pieces; count++) phase->piece(pool->memory, count);
  } else {
    for (int i = 0; i < pool->number; i++) {
      const int owner = (thread + i) % pool->number;
      const int first = phase->pieces * owner / pool->number, last = phase->pieces * (owner + 1) / pool->number;
      for (int piece; (piece = take(&pool->taken[owner], number, (u64)(last - first))) >= 0; count++)
        phase->piece(__atomic_load_n(&pool->memory, __ATOMIC_SEQ_CST), first + piece);
    }
  }
  if (count > 0) count_done(pool, number, (u64)count, (u64)phase->pieces);
  wait_until(pool, is_done, number, (u64)phase->pieces, PHASE_NANOSECONDS);
}

static void run_together(Pool* pool, const Compiled* program, u64 number, int thread) {
  for (int i = program->first; i < program->last; i++) take_part(pool, &program->phases[i], number++, thread);
}

static void run_alone(Pool* pool, const Phase* phase) {
  for (int i = 0; i < phase->pieces; i++) phase->piece(pool->memory, i);
}

static void run_by_one(Pool* pool, const Compiled* program) {
  for (int i = 0; i < program->count; i++) run_alone(pool, &program->phases[i]);
}

static void run_by_all(Pool* pool, int which) {
  const Compiled* program = &pool->programs[which];
  const int first = program->first, last = program->last;
  for (int i = 0; i < first; i++) run_alone(pool, &program->phases[i]);
  const u64 number = pool->next;
  pool->next += (u64)(last - first);
  __atomic_store_n(&pool->started.value, number << 16 | (u64)which, __ATOMIC_SEQ_CST);
  wake(pool);
  run_together(pool, program, number, 0);
  for (int i = last; i < program->count; i++) run_alone(pool, &program->phases[i]);
}

static void run_by(Pool* pool, int which, int alone) {
  if (alone) run_by_one(pool, &pool->programs[which]);
  else run_by_all(pool, which);
}

// Threads whose processors lie far apart, or have other work, may be slower together than one of them.
static void run_program(Pool* pool, int which) {
  const Compiled* program = &pool->programs[which];
  if (pool->number == 1 || program->first >= program->last) return run_by_one(pool, program);
  Choice* choice = &pool->choices[which];
  const u64 turn = choice->runs++ % (2 * TRIES + RUNS_BETWEEN_TRIES);
  if (turn == 0) choice->least[0] = choice->least[1] = INT64_MAX;
  const int tries = turn < 2 * TRIES && (turn < TRIES || choice->least[0] < LONGEST_TRIED);
  if (!tries) return run_by(pool, which, choice->alone);
  const int alone = turn >= TRIES;
  const int64_t start = now();
  run_by(pool, which, alone);
  const int64_t taken = now() - start;
  if (taken < choice->least[alone]) choice->least[alone] = taken;
  // Not for the sake of a little, since what was measured isn't exact.
  if (turn == 2 * TRIES - 1) choice->alone = choice->least[1] < choice->least[0] - choice->least[0] / 16;
}
`

const threads = `
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

static int has_started(Pool* pool, u64 seen, u64 unused) {
  (void)unused;
  return look(&pool->started) != seen;
}

static void* work(void* argument) {
  const Worker worker = *(Worker*)argument;
  Pool* pool = worker.pool;
  free(argument);
  exact();
  for (u64 seen = 0;;) {
    wait_until(pool, has_started, seen, 0, IDLE_NANOSECONDS);
    seen = look(&pool->started);
    if (seen == ENDED) return NULL;
    run_together(pool, &pool->programs[seen & 0xffff], seen >> 16, worker.thread);
  }
}

static int start_worker(Pool* pool, int thread) {
  Worker* worker = (Worker*)malloc(sizeof(Worker));
  if (worker == NULL) return 0;
  worker->pool = pool;
  worker->thread = thread;
  if (pthread_create(&pool->handles[thread], NULL, work, worker) == 0) return 1;
  free(worker);
  return 0;
}

static void end_workers(Pool* pool, int started) {
  __atomic_store_n(&pool->started.value, ENDED, __ATOMIC_SEQ_CST);
  wake(pool);
  for (int i = 1; i < started; i++) pthread_join(pool->handles[i], NULL);
}

// All of the threads, or none: how many there are is known before the first starts.
static void start_workers(Pool* pool) {
  // Signals belong to Node's threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int started = 1;
  while (started < pool->number && start_worker(pool, started)) started++;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (started == pool->number) return;
  end_workers(pool, started);
  pool->number = 1;
}

static void free_pool(Pool* pool) {
  pthread_cond_destroy(&pool->change);
  pthread_mutex_destroy(&pool->lock);
  free(pool->taken);
  free(pool->choices);
  free(pool->handles);
  free(pool);
}

static Pool* make_pool(const Compiled* programs, int count, int threads) {
  Pool* pool = NULL;
  if (posix_memalign((void**)&pool, 128, sizeof(Pool)) != 0) return NULL;
  __builtin_memset(pool, 0, sizeof(Pool));
  pool->programs = programs;
  pool->next = 1;
  pool->number = threads;
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->change, NULL);
  pool->handles = (pthread_t*)calloc((size_t)threads, sizeof(pthread_t));
  pool->choices = (Choice*)calloc((size_t)count, sizeof(Choice));
  if (pool->handles == NULL || pool->choices == NULL || posix_memalign((void**)&pool->taken, 128, sizeof(Word) * (size_t)threads) != 0) {
    pool->taken = NULL;
    free_pool(pool);
    return NULL;
  }
  __builtin_memset(pool->taken, 0, sizeof(Word) * (size_t)threads);
  start_workers(pool);
  return pool;
}

static void end_pool(Pool* pool) {
  if (pool->number > 1) end_workers(pool, pool->number);
  free_pool(pool);
}
`

export const pool = [types, waiting, phases, threads].join("")
