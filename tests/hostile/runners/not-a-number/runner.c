#include "../runner.h"

int main(void) { return finish(NAN); }
