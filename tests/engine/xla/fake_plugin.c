/*
 * A PJRT plugin without a device, to be compiled with what it should do wrong:
 *   MAJOR, MINOR  version of the interface (0, 90)     TABLE   bytes of the table of functions
 *   DEVICES       how many it has (1)                  GROWN   bytes that its structs have grown by
 *   FAIL          place of the function that fails     EVENT   the event to fail, counted from 1
 *   PLATFORM      its name ("fake")
 *   CODE, TEXT    of the errors                        SLOW    seconds that compiling takes
 * `live` counts what it gave and did not get back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef MAJOR
#define MAJOR 0
#endif
#ifndef MINOR
#define MINOR 90
#endif
#ifndef TABLE
#define TABLE sizeof table
#endif
#ifndef DEVICES
#define DEVICES 1
#endif
#ifndef GROWN
#define GROWN 0
#endif
#ifndef FAIL
#define FAIL -1
#endif
#ifndef EVENT
#define EVENT 0
#endif
#ifndef CODE
#define CODE 13
#endif
#ifndef TEXT
#define TEXT "it was told to fail"
#endif
#ifndef PLATFORM
#define PLATFORM "fake"
#endif
#ifndef SLOW
#define SLOW 0
#endif

typedef uint64_t Args[];

int live = 0;
static int events = 0;
static uint64_t device = 7;
static uint64_t devices[] = {(uint64_t)&device};

struct error {
  int code;
  const char *text;
};

static uint64_t made(void) {
  live++;
  return (uint64_t)calloc(1, 64);
}

static void *failure(int code, const char *text) {
  struct error *error = (struct error *)made();
  error->code = code;
  error->text = text;
  return error;
}

static void *freed(uint64_t *args) {
  if (args[2] == 0) abort();
  live--;
  free((void *)args[2]);
  return 0;
}

/* What every function but those of errors does first. */
static void *begin(int place, uint64_t *args, uint64_t size) {
  if (args[0] < size + GROWN) return failure(3, "Unexpected PJRT_Args size");
  return place == FAIL ? failure(CODE, TEXT) : 0;
}

#define FUNCTION(name, place, size, body)              \
  static void *name(uint64_t *args) {                  \
    void *error = begin(place, args, size);            \
    if (error) return error;                           \
    body;                                              \
    return 0;                                          \
  }

static void *error_destroy(uint64_t *args) { return freed(args); }
static void *error_message(uint64_t *args) {
  args[3] = (uint64_t)((struct error *)args[2])->text;
  args[4] = strlen((char *)args[3]);
  return 0;
}
static void *error_code(uint64_t *args) {
  *(int *)&args[3] = ((struct error *)args[2])->code;
  return 0;
}

FUNCTION(initialize, 3, 16, )
FUNCTION(event_destroy, 5, 24, return freed(args))
FUNCTION(event_await, 8, 24, if (++events == EVENT) return failure(CODE, TEXT))
FUNCTION(client_create, 10, 88, args[8] = made())
FUNCTION(client_destroy, 11, 24, return freed(args))
FUNCTION(client_text, 12, 40, args[3] = (uint64_t)PLATFORM; args[4] = strlen(PLATFORM))
FUNCTION(client_devices, 16, 40, args[3] = (uint64_t)devices; args[4] = DEVICES)
FUNCTION(compile, 20, 56, sleep(SLOW); args[6] = made())
FUNCTION(from_host, 22, 120, args[13] = made(); args[14] = made())
FUNCTION(kind, 26, 40, args[3] = (uint64_t)"fake"; args[4] = 4)
FUNCTION(description, 29, 32, args[3] = args[2])
FUNCTION(executable_destroy, 40, 24, return freed(args))
FUNCTION(num_outputs, 44, 32, args[3] = 1)
FUNCTION(loaded_destroy, 50, 24, return freed(args))
FUNCTION(get_executable, 51, 32, args[3] = made())
FUNCTION(execute, 55, 80, **(uint64_t **)args[7] = made();
         if (args[8]) *(uint64_t *)args[8] = made())
FUNCTION(buffer_destroy, 58, 24, return freed(args))
FUNCTION(to_host, 70, 56, memset((void *)args[4], 0, args[5]); args[6] = made())

static uint64_t table[5 + 130];

void *GetPjrtApi(void) {
  table[0] = TABLE;
  ((int *)table)[8] = MAJOR;
  ((int *)table)[9] = MINOR;
  uint64_t *places = table + 5;
  places[0] = (uint64_t)error_destroy;
  places[1] = (uint64_t)error_message;
  places[2] = (uint64_t)error_code;
  places[3] = (uint64_t)initialize;
  places[5] = (uint64_t)event_destroy;
  places[8] = (uint64_t)event_await;
  places[10] = (uint64_t)client_create;
  places[11] = (uint64_t)client_destroy;
  places[12] = places[14] = (uint64_t)client_text;
  places[16] = (uint64_t)client_devices;
  places[20] = (uint64_t)compile;
  places[22] = (uint64_t)from_host;
  places[26] = (uint64_t)kind;
  places[29] = (uint64_t)description;
  places[40] = (uint64_t)executable_destroy;
  places[44] = (uint64_t)num_outputs;
  places[50] = (uint64_t)loaded_destroy;
  places[51] = (uint64_t)get_executable;
  places[55] = (uint64_t)execute;
  places[58] = (uint64_t)buffer_destroy;
  places[70] = (uint64_t)to_host;
  return table;
}
