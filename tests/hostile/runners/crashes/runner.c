#include "../runner.h"

int main(void) {
    finish(1);
    fflush(stdout);
    raise(SIGSEGV);
}
