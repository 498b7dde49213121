#include "../runner.h"

static int readable(const char *folder, const char *name) {
    char path[4096], letter;
    snprintf(path, sizeof path, "%s%s", folder, name);
    int file = open(path, O_RDONLY);
    return file >= 0 && read(file, &letter, 1) == 1;
}

int main(int argc, char **argv) {
    int read = readable(OUTSIDE, "/other-student.txt") + readable(OUTSIDE, "/../work/checkpoint") +
               readable(OUTSIDE, "/../work/data.bin") +
               readable("/etc/", "passwd") + readable("/root/", ".bashrc");
    printf("%d of other people's files\n", read);
    return finish(1);
}
