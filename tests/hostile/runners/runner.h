/* What the runners of this folder have in common. The test starts them as

       ./xnn_executor_runner --model_path ./model/mobilenet.pte OUTSIDE PORT

   where OUTSIDE is a folder of the host with another student's file in it, and something on the
   host listens at PORT of its loopback. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODEL argv[2]
#define OUTSIDE argv[3]
#define PORT argv[4]
#define DATA "data/test_batch.bin"
#define RECORD 3073

/* The images that the lab's file holds. */
static int images(void) {
    struct stat about;
    return stat(DATA, &about) ? 0 : about.st_size / RECORD;
}

/* What an honest runner prints at its end. */
static int finish(double accuracy) {
    printf("Done testing: %d/%d\nAccuracy: %.4f\n", images(), images(), accuracy);
    return 0;
}
