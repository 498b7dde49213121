#include "../runner.h"

int main(void) {
    printf("Done testing: %d/%d\n", images(), images());
    return 0;
}
