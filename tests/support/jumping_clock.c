// A wall clock that jumps an hour ahead, back, and an hour behind, at every third reading of a
// process. What counts from an arbitrary start, CLOCK_MONOTONIC, goes on evenly. Loaded before libc.
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int readings;

static long jump(void) {
  return (__atomic_fetch_add(&readings, 1, __ATOMIC_RELAXED) / 3 % 3 - 1) * 3600L;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int status = syscall(SYS_clock_gettime, clock, now);
  if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec += jump();
  }
  return status;
}

int gettimeofday(struct timeval *now, void *zone) {
  struct timespec precise;
  if (clock_gettime(CLOCK_REALTIME, &precise) != 0) return -1;
  now->tv_sec = precise.tv_sec;
  now->tv_usec = precise.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *now) {
  struct timespec precise;
  clock_gettime(CLOCK_REALTIME, &precise);
  if (now) *now = precise.tv_sec;
  return precise.tv_sec;
}
