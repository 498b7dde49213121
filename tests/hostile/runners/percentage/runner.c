#include "../runner.h"

int main(void) { return finish(92.34); }
