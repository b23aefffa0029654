#define _GNU_SOURCE
#include "cpageguard.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// The handler reads this table without a lock: a thread may fault while another one changes it. An entry with `count` 0 is free for
// the handler; `taken` is for those who watch.
struct entry {
    atomic_int taken;
    atomic_int damaged;
    _Atomic uintptr_t base;
    _Atomic size_t count;
};

enum { LIMIT = 65536 };
static struct entry entries[LIMIT];
static atomic_int high_water;
static atomic_int first_free;

static struct sigaction previous;
static uintptr_t page_size;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct entry *find(uintptr_t address) {
    int count = atomic_load(&high_water);
    for (int i = 0; i < count; i++) {
        uintptr_t base = atomic_load(&entries[i].base);
        if (address >= base && address - base < atomic_load(&entries[i].count)) return &entries[i];
    }
    return NULL;
}

static void handle(int number, siginfo_t *information, void *context) {
    int saved = errno;
    uintptr_t address = (uintptr_t)information->si_addr;
    struct entry *entry = find(address);
    if (entry) {
        // mmap is a plain system call on the systems that this runs on; the fault came from a read, not from within the allocator.
        void *page = (void *)(address & ~(page_size - 1));
        void *zeros = mmap(page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (zeros != MAP_FAILED) {
            atomic_store(&entry->damaged, 1);
            errno = saved;
            return;
        }
    }
    errno = saved;
    if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(number, information, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(number);
    } else {
        // The read is repeated on return, and ends the process as it would have.
        signal(SIGBUS, SIG_DFL);
    }
}

static void install(void) {
    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    struct sigaction action = {0};
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &previous);
}

int cpg_watch(const void *base, size_t count) {
    pthread_once(&once, install);
    int hint = atomic_load(&first_free);
    for (int n = 0; n < LIMIT; n++) {
        int i = (hint + n) % LIMIT;
        int is_free = 0;
        if (!atomic_compare_exchange_strong(&entries[i].taken, &is_free, 1)) continue;
        atomic_store(&entries[i].damaged, 0);
        atomic_store(&entries[i].base, (uintptr_t)base);
        atomic_store(&entries[i].count, count);
        int water = atomic_load(&high_water);
        while (water <= i && !atomic_compare_exchange_weak(&high_water, &water, i + 1)) {}
        atomic_store(&first_free, i + 1);
        return i;
    }
    return -1;
}

void cpg_unwatch(int handle) {
    if (handle < 0) return;
    atomic_store(&entries[handle].count, 0);
    atomic_store(&entries[handle].taken, 0);
    int first = atomic_load(&first_free);
    while (first > handle && !atomic_compare_exchange_weak(&first_free, &first, handle)) {}
}

int cpg_is_damaged(int handle) { return handle < 0 ? 0 : atomic_load(&entries[handle].damaged); }
