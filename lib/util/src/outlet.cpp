// SPDX-License-Identifier: Apache-2.0
#include "outlet.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace mlo {
namespace {

mode_t type_of(int number) noexcept {
    struct stat status {};
    return ::fstat(number, &status) == 0 ? status.st_mode & S_IFMT : 0;
}

Descriptor open_anew(int number) {
    if (type_of(number) != S_IFIFO && type_of(number) != S_IFCHR) return Descriptor{-1};
    const auto path = "/proc/self/fd/" + std::to_string(number);
    return Descriptor{::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
}

}  // namespace

Outlet::Outlet(int number) : number_{number}, is_socket_{type_of(number) == S_IFSOCK}, own_{open_anew(number)} {}

/// How many bytes are done with, written or lost; fewer than there are if the stream takes no more now.
std::size_t Outlet::write_some(ByteView bytes) {
    std::size_t done = 0;
    while (done < bytes.size() && !is_gone_) {
        const auto rest = bytes.subspan(done);
        const auto count = is_socket_ ? ::send(number_, rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                                      : ::write(descriptor(), rest.data(), rest.size());
        if (count >= 0) {
            done += static_cast<std::size_t>(count);
        } else if (errno == EAGAIN) {
            return done;
        } else if (errno != EINTR) {
            is_gone_ = errno == EPIPE;
            undelivered_bytes_ += rest.size();
            return bytes.size();
        }
    }
    undelivered_bytes_ += bytes.size() - done;
    return bytes.size();
}

void Outlet::write(ByteView bytes) {
    if (is_waiting()) return append(waiting_, bytes);
    const auto done = write_some(bytes);
    waiting_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(done), bytes.end());
    first_ = 0;
}

void Outlet::flush() {
    if (is_waiting()) first_ += write_some(ByteView{waiting_}.subspan(first_));
}

void Outlet::give_up() noexcept {
    undelivered_bytes_ += waiting_.size() - first_;
    first_ = waiting_.size();
}

}  // namespace mlo
