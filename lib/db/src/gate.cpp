// SPDX-License-Identifier: Apache-2.0
#include "gate.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mlo/util/bytes.hpp>
#include <mlo/util/errors.hpp>

namespace mlo::db {

bool Patience::wait() {
    constexpr std::chrono::nanoseconds longest{5'000'000};
    runtime_->check_stop();
    if (runtime_->clock.elapsed() - start_ >= limit_) return false;
    // Those who wait for the same must not come back all at once.
    std::array<std::byte, 1> dice{};
    runtime_->random.fill(dice);
    runtime_->clock.sleep(step_ / 2 + step_ * std::to_integer<int>(dice[0]) / 256, runtime_->stop);
    step_ = std::min(step_ * 2, longest);
    return true;
}

Gate::Gate(std::string path)
    : path_{std::move(path)}, descriptor_{::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666)} {
    if (descriptor_ < 0) throw_system_error(errno, "open", path_);
}

Gate::~Gate() { ::close(descriptor_); }

bool Gate::try_lock(Place place, int type) {
    struct flock request {};
    request.l_type = static_cast<short>(type);
    request.l_whence = SEEK_SET;
    request.l_start = static_cast<off_t>(place);
    request.l_len = 1;
    while (::fcntl(descriptor_, F_OFD_SETLK, &request) != 0) {
        if (errno == EAGAIN || errno == EACCES) return false;
        if (errno != EINTR) throw_system_error(errno, "lock", path_);
    }
    return true;
}

void Gate::unlock(Place place) noexcept {
    struct flock request {};
    request.l_type = F_UNLCK;
    request.l_whence = SEEK_SET;
    request.l_start = static_cast<off_t>(place);
    request.l_len = 1;
    ::fcntl(descriptor_, F_OFD_SETLK, &request);
}

template <class Attempt>
bool Gate::attempt(Patience& patience, Attempt&& attempt) {
    while (!attempt())
        if (!patience.wait()) return false;
    return true;
}

bool Gate::enter(const Runtime& runtime, std::chrono::nanoseconds limit) {
    Patience patience{runtime, limit};
    return attempt(patience, [this] {
        if (!try_lock(Place::door, F_RDLCK)) return false;
        const bool is_inside = try_lock(Place::inside, F_RDLCK);
        unlock(Place::door);
        return is_inside;
    });
}

void Gate::leave() noexcept { unlock(Place::inside); }

bool Gate::enter_alone(const Runtime& runtime, std::chrono::nanoseconds limit) {
    Patience patience{runtime, limit};
    if (!attempt(patience, [this] { return try_lock(Place::door, F_WRLCK); })) return false;
    try {
        if (attempt(patience, [this] { return try_lock(Place::inside, F_WRLCK); })) return true;
    } catch (...) {
        unlock(Place::door);
        throw;
    }
    unlock(Place::door);
    return false;
}

void Gate::leave_alone() noexcept {
    unlock(Place::inside);
    unlock(Place::door);
}

}  // namespace mlo::db
