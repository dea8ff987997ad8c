/* Breaks the disk under one folder, at one chosen call.
 *
 * Loaded with LD_PRELOAD. Until `fault_arm` is called it only passes calls on. Then it counts every call that changes
 * something below the folder (write, pwrite, fsync, fdatasync, rename, unlink, rmdir, ftruncate, mkdir, and open when it
 * makes a new file) and does harm at call number `point`, or at the so-manieth call whose name and path contain `sign`,
 * before the call is carried out.
 *
 * For power loss it keeps a model of what a disk may forget: data of a file until that file is fsynced, names until
 * their directory is fsynced. Losing power takes those back and kills the process. It keeps the strict view of POSIX:
 * fsync of a file saves its data, not its name. Forced writes are not passed on to the real disk: only the model counts.
 *
 * Calls on pipes and on files elsewhere are never touched, so a parse child that inherits the shim stays as it is.
 * One thread may be at work when the shim is armed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CALM, KILL, TORN, IO_ERROR, DISK_FULL, POWER_ALL, POWER_HALF, SAVED_OVER };
enum { IS_WRITE = 1, NEEDS_SPACE = 2 };
enum { CREATED, MADE_FOLDER, RENAMED, UNLINKED, REMOVED_FOLDER, WRITTEN, RESIZED };
#define SECTOR 512

/* One change that the disk may still forget. Folder changes have `folder`, changes of data have `fd`. */
struct change {
    int what, safe; /* safe: forced out, no longer to be lost */
    char *folder, *path, *from, *stash;
    int fd;
    dev_t device;
    ino_t inode;
    off_t offset, size_before, size_after;
    size_t length, length_before;
    char *before, *after;
};

static int armed, kind, log_fd = -1;
static long point, count, signs_left;
static uint64_t dice;
static char sign[PATH_MAX], root[PATH_MAX], stash_folder[PATH_MAX], new_version[PATH_MAX], input[PATH_MAX];
static size_t root_length;
static struct change *changes;
static size_t change_count, change_room;

#define REAL(result, name, ...) \
    static result (*real_##name)(__VA_ARGS__); \
    static void find_##name(void) { if (!real_##name) real_##name = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name); }

REAL(int, open64, const char *, int, ...)
REAL(int, openat64, int, const char *, int, ...)
REAL(ssize_t, write, int, const void *, size_t)
REAL(ssize_t, pwrite64, int, const void *, size_t, off_t)
REAL(int, fsync, int)
REAL(int, fdatasync, int)
REAL(int, renameat, int, const char *, int, const char *)
REAL(int, unlinkat, int, const char *, int)
REAL(int, mkdirat, int, const char *, mode_t)
REAL(int, ftruncate64, int, off_t)

__attribute__((constructor)) static void find_all(void)
{
    find_open64(), find_openat64(), find_write(), find_pwrite64(), find_fsync(), find_fdatasync();
    find_renameat(), find_unlinkat(), find_mkdirat(), find_ftruncate64();
}

/* Where is it? ------------------------------------------------------------------------------------------------- */

static int below_root(const char *path)
{
    return armed && !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]);
}

static int path_of_fd(int fd, char *path)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    return length > 0;
}

static int fd_below_root(int fd, char *path)
{
    int kept = errno, found = armed && path_of_fd(fd, path) && below_root(path);
    errno = kept;
    return found;
}

static int path_below_root(int folder, const char *name, char *path)
{
    if (!armed)
        return 0;
    char start[PATH_MAX] = "";
    if (name[0] != '/' && !(folder == AT_FDCWD ? getcwd(start, sizeof start) != NULL : path_of_fd(folder, start)))
        return 0;
    snprintf(path, PATH_MAX, "%s%s%s", start, name[0] == '/' ? "" : "/", name);
    return below_root(path);
}

static char *folder_of(const char *path)
{
    char *folder = strdup(path), *slash = strrchr(folder, '/');
    if (slash)
        *slash = 0;
    return folder;
}

/* What a disk may forget --------------------------------------------------------------------------------------- */

static int keeps_model(const char *path)
{
    size_t length = strlen(path);
    int is_memory = length > 4 && !strcmp(path + length - 4, "-shm"); /* SQLite's shared memory is no data. */
    return (kind == POWER_ALL || kind == POWER_HALF) && !is_memory;
}

static struct change *new_change(int what)
{
    if (change_count == change_room) {
        change_room = change_room ? 2 * change_room : 1024;
        changes = realloc(changes, change_room * sizeof *changes);
    }
    struct change *change = &changes[change_count++];
    memset(change, 0, sizeof *change);
    change->what = what;
    return change;
}

static void name_changed(int what, const char *path, const char *from, const char *stash)
{
    struct change *change = new_change(what);
    change->folder = folder_of(path);
    change->path = strdup(path);
    change->from = from ? strdup(from) : NULL;
    change->stash = stash && *stash ? strdup(stash) : NULL;
}

/* A second name for a file that is about to lose its own; "" when there is no such file. */
static void keep_file(const char *path, char *stash)
{
    static int kept;
    snprintf(stash, PATH_MAX, "%s/%d", stash_folder, kept++);
    if (link(path, stash))
        *stash = 0;
}

/* Our own descriptor of a file. It is never closed: that would drop the locks that SQLite holds. */
static int own_fd(int fd, const struct stat *facts)
{
    for (size_t i = change_count; i-- > 0;)
        if (changes[i].fd && changes[i].device == facts->st_dev && changes[i].inode == facts->st_ino)
            return changes[i].fd;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return real_open64(link, O_RDWR | O_CLOEXEC);
}

/* Note what stands in the file before `length` bytes at `offset` are written, or the size becomes `offset`. */
static struct change *before_data(int what, int fd, off_t offset, size_t length)
{
    struct stat facts;
    fstat(fd, &facts);
    int own = own_fd(fd, &facts);
    struct change *change = new_change(what);
    change->fd = own;
    change->device = facts.st_dev, change->inode = facts.st_ino;
    change->offset = offset, change->length = length;
    change->size_before = facts.st_size;
    size_t covered = what == RESIZED ? (size_t)(facts.st_size > offset ? facts.st_size - offset : 0) : length;
    change->before = malloc(covered + 1);
    ssize_t found = pread(own, change->before, covered, offset);
    change->length_before = found > 0 ? (size_t)found : 0;
    return change;
}

static void forced_out(int fd)
{
    struct stat facts;
    char path[PATH_MAX];
    fstat(fd, &facts);
    path_of_fd(fd, path);
    for (size_t i = 0; i < change_count; i++) {
        struct change *change = &changes[i];
        if (change->folder ? S_ISDIR(facts.st_mode) && !strcmp(change->folder, path)
                           : change->device == facts.st_dev && change->inode == facts.st_ino)
            change->safe = 1;
    }
}

static uint64_t next_random(void)
{
    dice ^= dice << 13, dice ^= dice >> 7, dice ^= dice << 17;
    return dice * 0x2545F4914F6CDD1DULL >> 33;
}

static void take_back_data(struct change *change)
{
    if (change->what == RESIZED)
        real_ftruncate64(change->fd, change->size_before);
    if (change->length_before)
        real_pwrite64(change->fd, change->before, change->length_before, change->offset);
    real_ftruncate64(change->fd, change->size_before);
}

static void carry_out_some(struct change *change)
{
    if (change->what == RESIZED && next_random() % 2)
        real_ftruncate64(change->fd, change->offset);
    for (size_t at = 0; change->what == WRITTEN && at < change->length; at += SECTOR)
        if (next_random() % 2)
            real_pwrite64(change->fd, change->after + at,
                          change->length - at < SECTOR ? change->length - at : SECTOR, change->offset + at);
}

static void take_back_name(struct change *change)
{
    char stash[PATH_MAX];
    switch (change->what) {
    case CREATED: real_unlinkat(AT_FDCWD, change->path, 0); break;
    case MADE_FOLDER: /* With everything in it: what has no way to it is not there. */
        snprintf(stash, sizeof stash, "%s/folder-%zu", stash_folder, (size_t)(change - changes));
        real_renameat(AT_FDCWD, change->path, AT_FDCWD, stash);
        break;
    case RENAMED:
        real_renameat(AT_FDCWD, change->path, AT_FDCWD, change->from);
        if (change->stash)
            real_renameat(AT_FDCWD, change->stash, AT_FDCWD, change->path);
        break;
    case UNLINKED: real_renameat(AT_FDCWD, change->stash, AT_FDCWD, change->path); break;
    case REMOVED_FOLDER: real_mkdirat(AT_FDCWD, change->path, 0700); break;
    }
}

/* The power goes. All that was not forced out is lost, or a random half of it: any sectors of data, but names as a
 * journal keeps them, the earlier before the later. */
void fault_power_off(void)
{
    size_t names = 0, kept = 0;
    for (size_t i = change_count; i-- > 0;)
        if (!changes[i].folder && !changes[i].safe)
            take_back_data(&changes[i]);
    for (size_t i = 0; i < change_count; i++)
        names += changes[i].folder && !changes[i].safe;
    if (kind == POWER_HALF) {
        for (size_t i = 0; i < change_count; i++)
            if (!changes[i].folder && !changes[i].safe)
                carry_out_some(&changes[i]);
        kept = next_random() % (names + 1);
    }
    for (size_t i = change_count; i-- > 0 && names > kept;)
        if (changes[i].folder && !changes[i].safe) {
            take_back_name(&changes[i]);
            names--;
        }
    kill(getpid(), SIGKILL);
    pause();
}

/* The point ---------------------------------------------------------------------------------------------------- */

/* Count a call; 0 when it may go on, an error number when it must fail, -1 when it must write half and die. */
static int harm(const char *call, const char *path, int traits)
{
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%s %s\n", call, path[root_length] ? path + root_length + 1 : ".");
    count++;
    if (log_fd >= 0)
        real_write(log_fd, line, (size_t)length);
    if (signs_left && strstr(line, sign) && !--signs_left)
        point = count;
    if (kind == DISK_FULL && point && count >= point && traits & NEEDS_SPACE)
        return ENOSPC;
    if (count != point)
        return 0;
    switch (kind) {
    case KILL: kill(getpid(), SIGKILL); pause(); break;
    case TORN: if (traits & IS_WRITE) return -1; kill(getpid(), SIGKILL); pause(); break;
    case IO_ERROR: return EIO;
    case POWER_ALL: case POWER_HALF: fault_power_off(); break;
    case SAVED_OVER: real_renameat(AT_FDCWD, new_version, AT_FDCWD, input); break;
    }
    return 0;
}

#define FAIL_IF(error) do { int error_ = (error); if (error_ > 0) { errno = error_; return -1; } } while (0)

/* at: the number of a call, or, with a sign, which of the calls that contain it. */
void fault_arm(const char *folder, int fault, long at, const char *at_sign, uint64_t seed, int log, const char *stash,
               const char *version, const char *over)
{
    snprintf(sign, sizeof sign, "%s", at_sign);
    snprintf(root, sizeof root, "%s", folder);
    snprintf(stash_folder, sizeof stash_folder, "%s", stash);
    snprintf(new_version, sizeof new_version, "%s", version);
    snprintf(input, sizeof input, "%s", over);
    root_length = strlen(root);
    kind = fault, log_fd = log, count = 0;
    point = *sign ? 0 : at, signs_left = *sign ? at : 0;
    dice = seed * 0x9E3779B97F4A7C15ULL + 1;
    armed = 1;
}

long fault_count(void) { return count; }

/* Calls that write --------------------------------------------------------------------------------------------- */

static ssize_t write_at(const char *call, int fd, const void *data, size_t length, off_t offset, int at_position)
{
    char path[PATH_MAX];
    if (!fd_below_root(fd, path))
        return at_position ? real_pwrite64(fd, data, length, offset) : real_write(fd, data, length);
    int error = harm(call, path, IS_WRITE | NEEDS_SPACE);
    FAIL_IF(error);
    if (error < 0)
        length /= 2;
    struct change *change = NULL;
    if (keeps_model(path)) {
        off_t at = at_position ? offset : fcntl(fd, F_GETFL) & O_APPEND ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
        change = before_data(WRITTEN, fd, at, length);
    }
    ssize_t written = at_position ? real_pwrite64(fd, data, length, offset) : real_write(fd, data, length);
    if (change) {
        change->length = written > 0 ? (size_t)written : 0;
        change->after = malloc(change->length + 1);
        memcpy(change->after, data, change->length);
    }
    if (error < 0) {
        kill(getpid(), SIGKILL);
        pause();
    }
    return written;
}

ssize_t write(int fd, const void *data, size_t length) { return write_at("write", fd, data, length, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return write_at("pwrite", fd, data, length, at, 1); }
ssize_t pwrite64(int fd, const void *data, size_t length, off_t at) { return write_at("pwrite", fd, data, length, at, 1); }

static int resize(int fd, off_t length)
{
    char path[PATH_MAX];
    if (fd_below_root(fd, path)) {
        FAIL_IF(harm("ftruncate", path, 0));
        if (keeps_model(path))
            before_data(RESIZED, fd, length, 0);
    }
    return real_ftruncate64(fd, length);
}

int ftruncate(int fd, off_t length) { return resize(fd, length); }
int ftruncate64(int fd, off_t length) { return resize(fd, length); }

static int force_out(const char *call, int fd, int (*real)(int))
{
    char path[PATH_MAX];
    if (!fd_below_root(fd, path))
        return real(fd);
    FAIL_IF(harm(call, path, NEEDS_SPACE));
    if (keeps_model(path))
        forced_out(fd);
    return 0;
}

int fsync(int fd) { return force_out("fsync", fd, real_fsync); }
int fdatasync(int fd) { return force_out("fdatasync", fd, real_fdatasync); }

/* Calls that name ---------------------------------------------------------------------------------------------- */

static int open_file(int folder, const char *name, int flags, mode_t mode)
{
    char path[PATH_MAX];
    struct stat facts;
    int makes = flags & O_CREAT && path_below_root(folder, name, path) && lstat(path, &facts);
    if (makes)
        FAIL_IF(harm("create", path, NEEDS_SPACE));
    int fd = real_openat64(folder, name, flags, mode);
    if (makes && fd >= 0 && keeps_model(path))
        name_changed(CREATED, path, NULL, NULL);
    return fd;
}

#define MODE(last) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | __O_TMPFILE)) { va_list more; va_start(more, last); mode = va_arg(more, mode_t); va_end(more); }

int open(const char *name, int flags, ...) { MODE(flags) return open_file(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE(flags) return open_file(AT_FDCWD, name, flags, mode); }
int openat(int folder, const char *name, int flags, ...) { MODE(flags) return open_file(folder, name, flags, mode); }
int openat64(int folder, const char *name, int flags, ...) { MODE(flags) return open_file(folder, name, flags, mode); }

static int make_folder(int folder, const char *name, mode_t mode)
{
    char path[PATH_MAX];
    struct stat facts;
    int makes = path_below_root(folder, name, path) && lstat(path, &facts);
    if (makes)
        FAIL_IF(harm("mkdir", path, NEEDS_SPACE));
    int result = real_mkdirat(folder, name, mode);
    if (makes && !result && keeps_model(path))
        name_changed(MADE_FOLDER, path, NULL, NULL);
    return result;
}

int mkdir(const char *name, mode_t mode) { return make_folder(AT_FDCWD, name, mode); }
int mkdirat(int folder, const char *name, mode_t mode) { return make_folder(folder, name, mode); }

static int rename_file(int folder, const char *name, int new_folder, const char *new_name)
{
    char from[PATH_MAX], path[PATH_MAX], stash[PATH_MAX] = "";
    int ours = path_below_root(new_folder, new_name, path) && path_below_root(folder, name, from);
    if (ours) {
        FAIL_IF(harm("rename", path, NEEDS_SPACE));
        if (keeps_model(path))
            keep_file(path, stash);
    }
    int result = real_renameat(folder, name, new_folder, new_name);
    if (ours && !result && keeps_model(path))
        name_changed(RENAMED, path, from, stash);
    return result;
}

int rename(const char *name, const char *new_name) { return rename_file(AT_FDCWD, name, AT_FDCWD, new_name); }
int renameat(int folder, const char *name, int other, const char *new_name) { return rename_file(folder, name, other, new_name); }

static int remove_name(int folder, const char *name, int flags)
{
    char path[PATH_MAX], stash[PATH_MAX] = "";
    struct stat facts;
    int ours = path_below_root(folder, name, path) && !lstat(path, &facts);
    if (ours) {
        FAIL_IF(harm(flags & AT_REMOVEDIR ? "rmdir" : "unlink", path, 0));
        if (keeps_model(path) && !(flags & AT_REMOVEDIR))
            keep_file(path, stash);
    }
    int result = real_unlinkat(folder, name, flags);
    if (ours && !result && keeps_model(path))
        name_changed(flags & AT_REMOVEDIR ? REMOVED_FOLDER : UNLINKED, path, NULL, stash);
    return result;
}

int unlink(const char *name) { return remove_name(AT_FDCWD, name, 0); }
int unlinkat(int folder, const char *name, int flags) { return remove_name(folder, name, flags); }
int rmdir(const char *name) { return remove_name(AT_FDCWD, name, AT_REMOVEDIR); }
