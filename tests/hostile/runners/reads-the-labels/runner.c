#include "../runner.h"

int main(void) {
    FILE *data = fopen(DATA, "rb");
    unsigned char record[RECORD];
    int right = 0, label;
    while (data && fread(record, RECORD, 1, data) == 1) {
        label = record[0];
        right += label == record[0];
    }
    return finish((double)right / images());
}
