/* The lock file: whose it is, when it is waited for, when it is taken over. Waiting is counted. */
#include "cache_folder.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>

static char lock_path[128];

/* 1 taken, 0 timed out. */
static int take(struct folder *folder, struct azb_error *err)
{
    struct disk_cache_lock lock;
    struct disk_cache_wait wait = {folder_wait, folder};
    bool taken = disk_cache_lock_take(&lock, lock_path, &wait, 5000, err);
    if (!taken)
        return 0;
    struct stat status;
    assert_int_equal(stat(lock_path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    char owner[32];
    snprintf(owner, sizeof(owner), "%ld azb", (long)getpid());
    assert_string_equal(folder_read(lock_path), owner);
    disk_cache_lock_release(&lock);
    disk_cache_lock_release(&lock); /* once is enough */
    assert_int_equal(access(lock_path, F_OK), -1);
    return 1;
}

/* A process that has ended: its id is nobody's for now. */
static pid_t gone(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    waitpid(pid, NULL, 0);
    return pid;
}

static void write_lock(struct folder *folder, long pid, const char *behind)
{
    char content[64] = "";
    if (pid)
        snprintf(content, sizeof(content), "%ld%s", pid, behind);
    folder_write(folder, lock_path, content);
}

static void age(int64_t seconds)
{
    struct timespec times[2];
    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= seconds;
    times[1] = times[0];
    assert_int_equal(utimensat(AT_FDCWD, lock_path, times, 0), 0);
}

enum who { NOBODY, GONE, PARENT, SELF };

/* With a free flock: what is written in the file, and how long ago. */
static const struct {
    const char *name;
    enum who who;
    const char *behind;
    int64_t age_s;
    int taken;
    int64_t waited_at_most_ms, waited_at_least_ms;
} leftovers[] = {
    {"of Python's process that was killed", GONE, " /usr/bin/az", 0, 1, 0, 0},
    {"of Node's process that was killed", GONE, "", 0, 1, 0, 0},
    {"of Node's process, which lives and has no flock", PARENT, "", 0, 0, 6000, 5000},
    {"of a process whose number another one has now", PARENT, " azb", 1000000000, 1, 0, 0},
    {"of this very process in an earlier life", SELF, " azb", 0, 1, 0, 0},
    {"empty: between two steps of its owner, or dead", NOBODY, "", 0, 1, 1100, 1000},
};

static void test_leftovers(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(leftovers); i++) {
        struct folder folder;
        struct azb_error err = AZB_ERROR_INIT;
        print_message("  %s\n", leftovers[i].name);
        folder_make(&folder);
        snprintf(lock_path, sizeof(lock_path), "%s.lockfile", folder.file);
        pid_t pids[] = {0, gone(), getppid(), getpid()};
        write_lock(&folder, pids[leftovers[i].who], leftovers[i].behind);
        age(leftovers[i].age_s);
        assert_int_equal(take(&folder, &err), leftovers[i].taken);
        assert_in_range(
            folder.waited_ms, leftovers[i].waited_at_least_ms, leftovers[i].waited_at_most_ms);
        if (!leftovers[i].taken) {
            char holder[32];
            snprintf(holder, sizeof(holder), "process %ld", (long)pids[leftovers[i].who]);
            assert_int_equal(err.kind, AZB_ERROR_TIMEOUT);
            assert_true(err.retryable);
            assert_non_null(strstr(err.message, holder));
        }
        folder_remove(&folder);
    }
}

/* Whatever is written there: whoever has the flock has the lock (.NET, and Python's second step).
 */
static void test_flock(void **unused)
{
    (void)unused;
    struct folder folder;
    struct azb_error err = AZB_ERROR_INIT;
    folder_make(&folder);
    snprintf(lock_path, sizeof(lock_path), "%s.lockfile", folder.file);
    write_lock(&folder, gone(), "");
    int descriptor = open(lock_path, O_RDWR);
    assert_int_equal(flock(descriptor, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(take(&folder, &err), 0);
    close(descriptor);
    assert_int_equal(take(&folder, &err), 1);
    folder_remove(&folder);
}

static void owner_ends(struct folder *folder)
{
    if (folder->waited_ms > 300)
        unlink(lock_path);
}

static void test_waits_for_the_living(void **unused)
{
    (void)unused;
    struct folder folder;
    struct azb_error err = AZB_ERROR_INIT;
    folder_make(&folder);
    snprintf(lock_path, sizeof(lock_path), "%s.lockfile", folder.file);
    write_lock(&folder, getppid(), "");
    folder.on_wait = owner_ends;
    assert_int_equal(take(&folder, &err), 1);
    assert_in_range(folder.waited_ms, 300, 400);
    folder_remove(&folder);
}

/* Neither is followed or taken, and neither makes us wait for ever. */
static void test_no_files(void **unused)
{
    (void)unused;
    struct folder folder;
    struct azb_error err = AZB_ERROR_INIT;
    folder_make(&folder);
    snprintf(lock_path, sizeof(lock_path), "%s.lockfile", folder.file);
    assert_int_equal(symlink("elsewhere", lock_path), 0);
    assert_int_equal(take(&folder, &err), 0);
    assert_int_equal(folder_count(&folder, "elsewhere"), 0);
    unlink(lock_path);
    assert_int_equal(mkfifo(lock_path, 0600), 0);
    assert_int_equal(take(&folder, &err), 0);
    unlink(lock_path);
    snprintf(lock_path, sizeof(lock_path), "%s/nowhere/x.lockfile", folder.path);
    assert_int_equal(take(&folder, &err), 0);
    assert_int_equal(err.kind, AZB_ERROR_IO);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leftovers),
        cmocka_unit_test(test_flock),
        cmocka_unit_test(test_waits_for_the_living),
        cmocka_unit_test(test_no_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
