/*
 * Plays every file of the given folders through a fuzz target, for builds without libFuzzer. An
 * empty or missing folder is a failure: a corpus is part of a target.
 */
#include <dirent.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void play(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return;
    static uint8_t bytes[1 << 20];
    size_t length = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    LLVMFuzzerTestOneInput(bytes, length);
}

int main(int argc, char **argv)
{
    int played = 0;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (!folder)
            continue;
        for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
            char path[4096];
            if (entry->d_name[0] == '.')
                continue;
            snprintf(path, sizeof(path), "%s/%s", argv[i], entry->d_name);
            play(path);
            played++;
        }
        closedir(folder);
    }
    printf("%d inputs played\n", played);
    return played > 0 ? 0 : 1;
}
