#include "../runner.h"

int main(void) {
    finish(1);
    for (;;) pause();
}
