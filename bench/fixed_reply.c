/*
 * The limit for an authorized GET: libmicrohttpd as azbd uses it (TLS, epoll, one worker), and a
 * reply that is always the same. bench/run measures both with the same load: the same path and
 * headers, the bearer token too, which are received and not looked at; and the body of azbd's own
 * answer. Of headers there are only those that libmicrohttpd adds: Batch's are our own affair.
 *
 *     bench_fixed_reply CERTIFICATE.pem KEY.pem BODY PORT-FILE     until SIGTERM
 */
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload, size_t *upload_size, void **state)
{
    static int seen;
    char *body = context;
    (void)url, (void)method, (void)version, (void)upload, (void)upload_size;
    if (!*state) {
        *state = &seen;
        return MHD_YES;
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(body), body, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

static char *read_file(const char *path)
{
    static char texts[3][16384];
    static int used;
    FILE *file = fopen(path, "r");
    char *text = texts[used++];
    size_t length = file ? fread(text, 1, sizeof texts[0] - 1, file) : 0;
    text[length] = '\0';
    if (file)
        fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    sigset_t signals;
    int received;
    if (argc != 5)
        return 2;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TLS, 0,
        NULL, NULL, answer, read_file(argv[3]), MHD_OPTION_HTTPS_MEM_CERT, read_file(argv[1]),
        MHD_OPTION_HTTPS_MEM_KEY, read_file(argv[2]), MHD_OPTION_END);
    if (!daemon)
        return 1;
    FILE *port = fopen(argv[4], "w");
    if (!port)
        return 1;
    fprintf(port, "%d\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fclose(port);
    sigwait(&signals, &received);
    MHD_stop_daemon(daemon);
    return 0;
}
