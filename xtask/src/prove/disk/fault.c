/* Preloaded into a server: fails fsync and fdatasync with EIO while a file says so.
 *
 * PROCURA_FAULT_DIRECTORY: only files under it. PROCURA_FAULT_FILE: while it is there, it holds two
 * numbers, FIRST and COUNT: of the calls since it appeared, those from FIRST on, COUNT of them, fail.
 * Each failure adds a byte to the file with `.log` at the end of its name. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long calls;

static int is_ours(int fd) {
    const char *directory = getenv("PROCURA_FAULT_DIRECTORY");
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (!directory || length < 0) return 0;
    path[length] = 0;
    return strncmp(path, directory, strlen(directory)) == 0;
}

static int fails(int fd) {
    const char *name = getenv("PROCURA_FAULT_FILE");
    char text[64] = {0}, log[PATH_MAX];
    unsigned long first = 0, count = 0;
    if (!name || !is_ours(fd)) return 0;
    int file = open(name, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        if (read(file, text, sizeof text - 1) > 0) sscanf(text, "%lu %lu", &first, &count);
        close(file);
    }
    pthread_mutex_lock(&lock);
    calls = file < 0 ? 0 : calls + 1;
    int failing = calls >= first && calls < first + count;
    pthread_mutex_unlock(&lock);
    if (!failing) return 0;
    snprintf(log, sizeof log, "%s.log", name);
    file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file >= 0) {
        if (write(file, "x", 1) < 0) perror("fault");
        close(file);
    }
    return 1;
}

int fsync(int fd) {
    if (fails(fd)) return errno = EIO, -1;
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}

int fdatasync(int fd) {
    if (fails(fd)) return errno = EIO, -1;
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
