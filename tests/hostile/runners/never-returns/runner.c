#include "../runner.h"

static void *spin(void *nothing) {
    for (;;) continue;
}

int main(void) {
    pthread_t thread;
    finish(1);
    fflush(stdout);
    pthread_create(&thread, NULL, spin, NULL);
    spin(NULL);
}
