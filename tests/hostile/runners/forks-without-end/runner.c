#include "../runner.h"

/* Six hundred are its end all the same: a machine without the limit must survive this test. */
int main(void) {
    int children = 0;
    while (children < 600) {
        pid_t child = fork();
        if (child < 0) break;
        if (child == 0)
            for (;;) pause();
        children++;
    }
    printf("%d children\n", children);
    return finish(1);
}
