#include "../runner.h"

int main(int argc, char **argv) {
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            for (int file = 0; file < 64; file++) close(file);
            for (;;) pause();
        }
        _exit(0);
    }
    return finish(1);
}
