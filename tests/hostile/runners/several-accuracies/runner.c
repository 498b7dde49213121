#include "../runner.h"

int main(void) {
    printf("Accuracy: 0.99\nAccuracy: 0.98\n");
    return finish(0.98);
}
