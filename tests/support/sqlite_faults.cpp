// SPDX-License-Identifier: Apache-2.0
#include "sqlite_faults.hpp"

#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <optional>
#include <stdexcept>

namespace mlo::test {

struct SqliteFaults::State {
    struct Plan {
        Kind kind;
        std::uint64_t at_call;
        Law law;
    };

    sqlite3_vfs vfs{};
    sqlite3_vfs* real = nullptr;
    mutable std::mutex mutex;  ///< guards these three
    std::optional<Plan> plan;
    std::uint64_t calls = 0;
    bool has_struck = false;
    std::atomic<int> error_number = 0;

    enum class Effect : std::uint8_t { writes, other };

    /// SQLite's status for the call that comes now; SQLITE_OK if it does not fail.
    int next(Effect effect, int io_status) {
        const std::scoped_lock lock{mutex};
        ++calls;
        error_number = 0;
        if (!plan || calls < plan->at_call) return SQLITE_OK;
        if (plan->law == Law::once && has_struck) return SQLITE_OK;
        if (plan->kind != Kind::io_error && effect != Effect::writes) return SQLITE_OK;
        has_struck = true;
        error_number = plan->kind == Kind::no_space ? ENOSPC : EIO;
        return plan->kind == Kind::no_space ? SQLITE_FULL : io_status;
    }
    [[nodiscard]] bool is_short() const {
        const std::scoped_lock lock{mutex};
        return plan && plan->kind == Kind::short_write;
    }
};

namespace {

using State = SqliteFaults::State;
using Effect = State::Effect;

/// What SQLite has room for: this, and the real file behind it.
struct File {
    sqlite3_file base;
    State* state;

    [[nodiscard]] sqlite3_file* real() { return static_cast<sqlite3_file*>(static_cast<void*>(this + 1)); }
};

File& file_of(sqlite3_file* base) { return *static_cast<File*>(static_cast<void*>(base)); }
sqlite3_file* real_of(sqlite3_file* base) { return file_of(base).real(); }
State& state_of(sqlite3_file* base) { return *file_of(base).state; }
State& state_of(sqlite3_vfs* vfs) { return *static_cast<State*>(vfs->pAppData); }

template <auto Method, class... Arguments>
int forward(sqlite3_file* file, Arguments... arguments) {
    auto* const real = real_of(file);
    return (real->pMethods->*Method)(real, arguments...);
}

int close_file(sqlite3_file* file) { return forward<&sqlite3_io_methods::xClose>(file); }
int read_file(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
    const int status = state_of(file).next(Effect::other, SQLITE_IOERR_READ);
    return status != SQLITE_OK ? status : forward<&sqlite3_io_methods::xRead>(file, into, size, offset);
}
int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
    auto& state = state_of(file);
    const int status = state.next(Effect::writes, SQLITE_IOERR_WRITE);
    if (status == SQLITE_OK) return forward<&sqlite3_io_methods::xWrite>(file, from, size, offset);
    if (state.is_short()) static_cast<void>(forward<&sqlite3_io_methods::xWrite>(file, from, size / 2, offset));
    return status;
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    const int status = state_of(file).next(Effect::other, SQLITE_IOERR_TRUNCATE);
    return status != SQLITE_OK ? status : forward<&sqlite3_io_methods::xTruncate>(file, size);
}
int sync_file(sqlite3_file* file, int) { return state_of(file).next(Effect::other, SQLITE_IOERR_FSYNC); }
int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
    const int status = state_of(file).next(Effect::other, SQLITE_IOERR_FSTAT);
    return status != SQLITE_OK ? status : forward<&sqlite3_io_methods::xFileSize>(file, size);
}
int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** into) {
    const auto effect = extend != 0 ? Effect::writes : Effect::other;
    const int status = state_of(file).next(effect, SQLITE_IOERR_SHMMAP);
    return status != SQLITE_OK ? status : forward<&sqlite3_io_methods::xShmMap>(file, region, size, extend, into);
}

constexpr sqlite3_io_methods methods{
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_of_file,
    .xLock = forward<&sqlite3_io_methods::xLock, int>,
    .xUnlock = forward<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = forward<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = forward<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = forward<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = forward<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = map_shared,
    .xShmLock = forward<&sqlite3_io_methods::xShmLock, int, int, int>,
    .xShmBarrier = [](sqlite3_file* file) { real_of(file)->pMethods->xShmBarrier(real_of(file)); },
    .xShmUnmap = forward<&sqlite3_io_methods::xShmUnmap, int>,
    .xFetch = nullptr,
    .xUnfetch = nullptr};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* base, int flags, int* got) {
    auto& state = state_of(vfs);
    auto& file = file_of(base);
    base->pMethods = nullptr;
    file.state = &state;
    const auto effect = (flags & SQLITE_OPEN_CREATE) != 0 ? Effect::writes : Effect::other;
    if (state.next(effect, SQLITE_IOERR) != SQLITE_OK) return SQLITE_CANTOPEN;
    const int status = state.real->xOpen(state.real, name, file.real(), flags, got);
    if (status == SQLITE_OK) base->pMethods = &methods;
    return status;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int) {
    auto& state = state_of(vfs);
    const int status = state.next(Effect::other, SQLITE_IOERR_DELETE);
    return status != SQLITE_OK ? status : state.real->xDelete(state.real, name, 0);
}

int last_error(sqlite3_vfs* vfs, int size, char* text) {
    auto& state = state_of(vfs);
    const int given = state.error_number;
    return given != 0 ? given : state.real->xGetLastError(state.real, size, text);
}

}  // namespace

SqliteFaults::SqliteFaults() : state_{std::make_unique<State>()} {
    state_->real = sqlite3_vfs_find(nullptr);
    if (state_->real == nullptr) throw std::runtime_error{"SQLite has no file system"};
    state_->vfs = *state_->real;
    auto& vfs = state_->vfs;
    vfs.pNext = nullptr;
    vfs.zName = "mlo-faults";
    vfs.szOsFile = static_cast<int>(sizeof(File)) + state_->real->szOsFile;
    vfs.pAppData = state_.get();
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xGetLastError = last_error;
    sqlite3_vfs_register(&vfs, 1);
}

SqliteFaults::~SqliteFaults() {
    sqlite3_vfs_unregister(&state_->vfs);
    sqlite3_vfs_register(state_->real, 1);
}

void SqliteFaults::fail(Kind kind, std::uint64_t at_call, Law law) {
    const std::scoped_lock lock{state_->mutex};
    state_->plan = State::Plan{kind, at_call, law};
    state_->calls = 0;
    state_->has_struck = false;
}

void SqliteFaults::heal() {
    const std::scoped_lock lock{state_->mutex};
    state_->plan.reset();
}

bool SqliteFaults::struck() const {
    const std::scoped_lock lock{state_->mutex};
    return state_->has_struck;
}

}  // namespace mlo::test
