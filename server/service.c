#include "service.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "arm/operation_status.h"
#include "arm/package.h"
#include "authorize/authorize.h"
#include "authorize/decision_log.h"
#include "base/error.h"
#include "base/text.h"
#include "ca.h"
#include "challenge.h"
#include "config.h"
#include "directory/directory.h"
#include "engine/engine.h"
#include "entra/entra.h"
#include "env.h"
#include "failure.h"
#include "listen.h"
#include "proxy.h"
#include "route.h"
#include "slow_lane.h"
#include "socket.h"
#include "state.h"
#include "store/store.h"
#include "waiting_room.h"

#define LISTEN_DEFAULT "127.0.0.1:8443"
#define PROXY_LISTEN_DEFAULT "127.0.0.1:8444"

/* The sockets are bound first, because everything that follows wants to know the port. */
struct bound {
    struct listen_sockets https, proxy;
};

static bool check_remote(const struct service *service, const struct listen_address *address,
    const char *option, struct azb_error *err)
{
    if (address->is_loopback)
        return true;
    if (!service->options.allow_remote)
        return fail(err, AZB_ERROR_CONFIGURATION,
            "%s is not a loopback address; azbd hands out tokens and runs programs, so it listens "
            "elsewhere only with --allow-remote",
            option);
    if (service->options.test_controls)
        return fail(err, AZB_ERROR_CONFIGURATION,
            "%s is not a loopback address: --allow-remote does not go together with "
            "--test-controls",
            option);
    return true;
}

static bool bind_option(struct service *service, const char *option, const char *text,
    struct listen_sockets *out, struct azb_error *err)
{
    struct listen_address address;
    return listen_address_parse(text, option, &address, err) &&
           check_remote(service, &address, option, err) && listen_sockets_bind(&address, out, err);
}

static bool bind_all(struct service *service, struct bound *bound, struct azb_error *err)
{
    const struct service_options *options = &service->options;
    const char *proxy = options->proxy_listen ? options->proxy_listen : PROXY_LISTEN_DEFAULT;
    const char *https = options->listen ? options->listen : LISTEN_DEFAULT;
    if (!bind_option(service, "--listen", https, &bound->https, err))
        return false;
    if (strcmp(proxy, "none") != 0 &&
        !bind_option(service, "--proxy-listen", proxy, &bound->proxy, err))
        return false;
    service->port = bound->https.port;
    service->proxy_port = bound->proxy.port;
    snprintf(service->base_url, sizeof(service->base_url), "https://localhost:%d", service->port);
    return true;
}

static bool start_listener(struct service *service, struct bound *bound, struct azb_error *err)
{
    scoped_buffer struct buffer certificate = {0}, key = {0};
    bool ok = ca_open(service, &certificate, &key, err);
    if (ok)
        service->listener =
            listener_new(service, &bound->https, buffer_text(&certificate), buffer_text(&key), err);
    return ok && service->listener;
}

static bool start_proxy(struct service *service, struct bound *bound, struct azb_error *err)
{
    if (bound->proxy.count == 0)
        return true;
    service->proxy = proxy_new(service, &bound->proxy, err);
    return service->proxy != NULL;
}

static bool write_ready_file(const struct service *service, struct azb_error *err)
{
    char line[80];
    if (!service->options.ready_file)
        return true;
    int length = snprintf(line, sizeof(line), "%s\n", service->base_url);
    return file_replace(
        service->options.ready_file, 0644, (struct text){line, (size_t)length}, err);
}

/* The file is read first, so that one with a mistake does not decide what a new state is. */
static bool open_configured(struct service *service, struct arena *arena, struct azb_error *err)
{
    struct config config;
    if (!config_load(service->options.config, arena, &config, err))
        return false;
    const struct seed seed = config_seed(&config);
    service->strict_refresh_tokens = config.strict_refresh_tokens;
    service->cae_tokens = config.cae_tokens;
    const struct env_given given = {seed.administrator_secret, seed.user_password};
    service->directory = directory_open_seeded(service, &seed, err);
    return service->directory && config_apply(service, &config, err) &&
           env_write(service, &given, err);
}

static bool open_directory(struct service *service, struct azb_error *err)
{
    struct arena arena;
    if (!service->options.config) {
        service->directory = directory_open(service, err);
        return service->directory && env_write(service, NULL, err);
    }
    arena_init(&arena, 0);
    bool opened = open_configured(service, &arena, err);
    arena_wipe(&arena); /* it holds secrets */
    return opened;
}

static bool open_data(struct service *service, struct azb_error *err)
{
    service->store = store_open(service->state, err);
    if (!service->store || !open_directory(service, err))
        return false;
    service->entra = entra_new(service, err);
    if (!service->entra)
        return false;
    entra_set_cae_tokens(service->entra, service->cae_tokens);
    if (service->strict_refresh_tokens)
        entra_set_refresh_mode(service->entra, ENTRA_REFRESH_STRICT);
    service->authorizer = authorizer_new(service, err);
    if (!service->authorizer)
        return false;
    if (service->options.access && strcmp(service->options.access, "audit") == 0)
        authorizer_set_audit(service->authorizer, true);
    service->router = router_new(err);
    if (!service->router)
        return false;
    service->slow_lane = slow_lane_new(err);
    service->waiting_room = service->slow_lane ? waiting_room_new(err) : NULL;
    if (!service->waiting_room)
        return false;
    decision_log_on_decision(
        authorizer_log(service->authorizer), waiting_room_ring, service->waiting_room);
    return packages_open(service, err);
}

static bool open_controls(struct service *service, struct azb_error *err)
{
    if (!service->options.test_controls)
        return true;
    service->failures = failures_new(err);
    service->challenges = service->failures ? challenges_new(err) : NULL;
    return service->challenges != NULL;
}

static bool start_parts(struct service *service, struct bound *bound, struct azb_error *err)
{
    if (!state_open(service, service->options.state, err) || !state_lock(service, err) ||
        !bind_all(service, bound, err) || !open_data(service, err) || !open_controls(service, err))
        return false;
    service->engine = engine_start(service, operations_advance, err);
    return service->engine && start_listener(service, bound, err) &&
           start_proxy(service, bound, err) && write_ready_file(service, err);
}

/* Other processes of the user must not read keys out of our memory (ptrace, core dumps). */
static void protect_memory(void)
{
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        service_log("service", "other processes of this user can look into azbd's memory");
}

static bool check_access(const struct service_options *options, struct azb_error *err)
{
    const char *access = options->access ? options->access : "enforce";
    return strcmp(access, "enforce") == 0 || strcmp(access, "audit") == 0 ||
           fail(err, AZB_ERROR_CONFIGURATION, "--access must be enforce or audit, not '%.40s'",
               access);
}

bool service_start(
    struct service *service, const struct service_options *options, struct azb_error *err)
{
    struct bound bound = {0};
    *service = (struct service){.options = *options, .state_lock = -1, .started = monotonic_ms()};
    protect_memory();
    bool ok = check_access(options, err) && start_parts(service, &bound, err);
    listen_sockets_close(&bound.https);
    listen_sockets_close(&bound.proxy);
    if (ok)
        return true;
    service_stop(service);
    return false;
}

void service_stop(struct service *service)
{
    proxy_free(service->proxy);
    waiting_room_close(service->waiting_room); /* the listener's end waits for all who wait */
    listener_free(service->listener);
    slow_lane_free(service->slow_lane);
    waiting_room_free(service->waiting_room);
    engine_stop(service->engine);
    service->engine = NULL;
    /* The writer's hooks use what follows, so it ends first. */
    store_close(service->store);
    router_free(service->router);
    authorizer_free(service->authorizer);
    entra_free(service->entra);
    directory_free(service->directory);
    failures_free(service->failures);
    challenges_free(service->challenges);
    state_unlock(service);
    *service = (struct service){.state_lock = -1};
}
