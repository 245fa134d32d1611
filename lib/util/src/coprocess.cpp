// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <mlo/util/coprocess.hpp>
#include <mlo/util/error.hpp>
#include <mutex>
#include <utility>

#include <mlo/util/spawn.hpp>

namespace mlo {
namespace {

/// Both ends of what its standard input and output are. A socket, since one may write to it without fear of SIGPIPE.
std::pair<Descriptor, Descriptor> make_sockets(const ProcessRequest& request) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) throw_child_error(request, errno);
    return {Descriptor{ends[0]}, Descriptor{ends[1]}};
}

}  // namespace

struct Coprocess::Parts {
    Parts(const ProcessRequest& request, std::function<void(std::string_view)> on_line)
        : on_error_line{std::move(on_line)} {
        check_no_nul(request);
        // The numbers up to 2 may be free here, and dup2 in the child must overwrite nothing that is still needed: the
        // ends of the child come in the order in which it gets them.
        auto [theirs, mine] = make_sockets(request);
        Descriptor output{::fcntl(theirs.get(), F_DUPFD_CLOEXEC, 0)};
        if (output.get() < 0) throw_child_error(request, errno);
        auto errors = make_pipe(request);
        child.emplace(SpawnPlan{Session::own}.spawn(request, {theirs.get(), output.get(), errors.write_end.get()}),
                      Session::own);
        end_signal.emplace(child->end_signal());
        socket.emplace(std::move(mine));
        error_end.emplace(std::move(errors.read_end));
        static_cast<void>(::fcntl(error_end->get(), F_SETFL, O_NONBLOCK));
    }

    /// Takes what its error output has now.
    void take_errors() {
        std::array<char, 4096> buffer;
        while (error_end->get() >= 0) {
            const auto count = ::read(error_end->get(), buffer.data(), buffer.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0 && errno == EAGAIN) return;
            if (count <= 0) return error_end->close();
            keep({buffer.data(), static_cast<std::size_t>(count)});
        }
    }

    void keep(std::string_view text) {
        error_output += text;
        for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
            line += text.substr(0, end);
            if (on_error_line) on_error_line(line);
            line.clear();
            text.remove_prefix(end + 1);
        }
        line += text.substr(0, kept_error_bytes - std::min(line.size(), kept_error_bytes));
        if (error_output.size() > kept_error_bytes) error_output.erase(0, error_output.size() - kept_error_bytes);
    }

    std::function<void(std::string_view)> on_error_line;
    std::mutex mutex;  ///< guards child against a signal to a process that was waited for
    std::optional<Child> child;
    std::optional<Descriptor> end_signal;
    std::optional<Descriptor> socket;
    std::optional<Descriptor> error_end;
    std::string error_output;
    std::string line;  ///< the begin of one that is not complete
    std::optional<int> exit_code;
};

Coprocess::Coprocess(const ProcessRequest& request, std::function<void(std::string_view line)> on_error_line) {
    MLO_ASSERT(request.program.starts_with('/'));
    parts_ = std::make_unique<Parts>(request, std::move(on_error_line));
}

Coprocess::~Coprocess() = default;

std::size_t Coprocess::receive(std::span<std::byte> into) {
    while (true) {
        std::array<pollfd, 2> waits{{{parts_->socket->get(), POLLIN, 0}, {parts_->error_end->get(), POLLIN, 0}}};
        if (::poll(waits.data(), waits.size(), -1) < 0) {
            if (errno == EINTR) continue;
            return 0;
        }
        if (waits[1].revents != 0) parts_->take_errors();
        if (waits[0].revents == 0) continue;
        const auto count = ::recv(parts_->socket->get(), into.data(), into.size(), MSG_DONTWAIT);
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        return count < 0 ? 0 : static_cast<std::size_t>(count);
    }
}

std::optional<std::size_t> Coprocess::send(ByteView bytes, std::chrono::milliseconds patience) {
    for (bool has_waited = false;; has_waited = true) {
        const auto count = ::send(parts_->socket->get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR && errno != EAGAIN) return std::nullopt;
        if (has_waited) return 0;
        pollfd waits{parts_->socket->get(), POLLOUT, 0};
        static_cast<void>(::poll(&waits, 1, static_cast<int>(patience.count())));
    }
}

void Coprocess::close_input() noexcept { ::shutdown(parts_->socket->get(), SHUT_WR); }

void Coprocess::kill() noexcept {
    const std::scoped_lock lock{parts_->mutex};
    parts_->child->signal(SIGKILL);
    ::shutdown(parts_->socket->get(), SHUT_RDWR);
}

std::optional<int> Coprocess::wait(std::chrono::milliseconds patience) {
    if (parts_->exit_code) return parts_->exit_code;
    const auto step = static_cast<int>(patience.count());
    // Its end is looked for, not that of its error output: what it left behind may hold that for ever.
    for (bool is_last = false; !is_last;) {
        std::array<pollfd, 2> waits{{{parts_->end_signal->get(), POLLIN, 0}, {parts_->error_end->get(), POLLIN, 0}}};
        is_last = ::poll(waits.data(), waits.size(), step) == 0;
        parts_->take_errors();
        const std::scoped_lock lock{parts_->mutex};
        parts_->exit_code = parts_->child->try_wait();
        if (parts_->exit_code) break;
    }
    parts_->take_errors();
    return parts_->exit_code;
}

const std::string& Coprocess::error_output() const noexcept { return parts_->error_output; }

}  // namespace mlo
