#include "../runner.h"

static int writable(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s%s", folder, name);
    return open(path, O_WRONLY | O_CREAT, 0666) >= 0;
}

/* Its folder and its shared memory are the box's own, and go with it; the rest is the host's. */
int main(int argc, char **argv) {
    const char *name = strrchr(OUTSIDE, '/');
    int written = writable(OUTSIDE, name) + writable(OUTSIDE, "/other-student.txt") +
                  writable("..", name) + writable("/var/tmp", name) + writable("/usr/lib", name) +
                  writable(MODEL, "") + writable(DATA, "") +
                  writable("/proc/self/exe", "") + writable("/root", name);
    writable("/tmp", name);
    writable("/dev/shm", name);
    writable(getenv("HOME"), name);
    printf("%d of the host's files\n", written);
    return finish(1);
}
