// A disk without links and without rights of files, as vfat, SMB and some FUSE mounts are; without
// locks as well if BASIN_TEST_NO_LOCKS is set. Loaded before libc.
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int refuse(int code) {
  errno = code;
  return -1;
}

int link(const char *from, const char *to) { return refuse(EPERM); }
int linkat(int a, const char *from, int b, const char *to, int flags) { return refuse(EPERM); }
int symlink(const char *target, const char *path) { return refuse(EOPNOTSUPP); }
int symlinkat(const char *target, int folder, const char *path) { return refuse(EOPNOTSUPP); }
int chmod(const char *path, unsigned mode) { return refuse(EPERM); }
int fchmod(int file, unsigned mode) { return refuse(EPERM); }

int flock(int file, int operation) {
  if (getenv("BASIN_TEST_NO_LOCKS")) return refuse(EOPNOTSUPP);
  return syscall(SYS_flock, file, operation);
}
