#include "../runner.h"

int main(void) {
    finish(1);
    return 3;
}
