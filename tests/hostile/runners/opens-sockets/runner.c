#include "../runner.h"

static const char *called(const char *host, const char *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    int line = socket(AF_INET, SOCK_STREAM, 0);
    inet_pton(AF_INET, host, &address.sin_addr);
    if (line < 0) return "no socket";
    return connect(line, (struct sockaddr *)&address, sizeof address) ? "no answer" : "an answer";
}

int main(int argc, char **argv) {
    printf("the host: %s\n", called("127.0.0.1", PORT));
    printf("the world: %s\n", called("192.0.2.1", "80")); /* RFC 5737: nobody's */
    return finish(1);
}
