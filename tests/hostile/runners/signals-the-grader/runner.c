#include "../runner.h"

int main(void) {
    for (pid_t other = 1; other < 65536; other++)
        if (other != getpid()) kill(other, SIGKILL);
    kill(getppid(), SIGKILL);
    kill(-1, SIGKILL);
    return finish(1);
}
