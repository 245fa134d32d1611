// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/process.hpp>
#include <mlo/util/text.hpp>
#include <utility>

#include <mlo/util/descriptor.hpp>
#include <mlo/util/spawn.hpp>

namespace mlo {
namespace {

/// Feeds a child and collects what it says, whichever it wants first.
class Conversation {
public:
    Conversation(const ProcessRequest& request, Descriptor input, Descriptor output, Descriptor error_output)
        : request_{request},
          unsent_{request.input},
          input_{std::move(input)},
          output_{std::move(output)},
          error_output_{std::move(error_output)} {
        for (const auto* end : {&input_, &output_, &error_output_})
            if (::fcntl(end->get(), F_SETFL, O_NONBLOCK) != 0) throw_child_error(request_, errno);
        if (unsent_.empty()) input_.close();
    }

    /// Returns once the child has ended, or closed all its streams.
    void run(const Descriptor& end_signal) {
        while (input_.get() >= 0 || output_.get() >= 0 || error_output_.get() >= 0) {
            std::array<pollfd, 4> waits{{{input_.get(), POLLOUT, 0},
                                         {output_.get(), POLLIN, 0},
                                         {error_output_.get(), POLLIN, 0},
                                         {end_signal.get(), POLLIN, 0}}};
            if (::poll(waits.data(), waits.size(), -1) < 0) {
                if (errno == EINTR) continue;
                throw_child_error(request_, errno);
            }
            if (waits[0].revents != 0) send();
            if (waits[1].revents != 0) receive(output_, result_.output);
            if (waits[2].revents != 0) receive(error_output_, result_.error_output);
            // Nobody waits for the end of the streams then: a daemon that the child left behind may hold them for ever.
            if (waits[3].revents != 0) return receive_rest();
        }
    }

    [[nodiscard]] ProcessResult result(int exit_code) && {
        result_.exit_code = exit_code;
        return std::move(result_);
    }

private:
    void send() {
        const auto count = ::write(input_.get(), unsent_.data(), unsent_.size());
        if (count >= 0)
            unsent_.remove_prefix(static_cast<std::size_t>(count));
        else if (errno == EPIPE)
            unsent_ = {};
        else if (errno != EAGAIN && errno != EINTR)
            throw_child_error(request_, errno);
        if (unsent_.empty()) input_.close();
    }

    /// Takes what is there, up to one buffer; false if there was nothing.
    bool receive(Descriptor& from, std::string& to) {
        if (from.get() < 0) return false;
        std::array<char, 16 * 1024> buffer;
        const auto count = ::read(from.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) return true;
        if (count < 0 && errno == EAGAIN) return false;
        if (count < 0) throw_child_error(request_, errno);
        if (count == 0) from.close();
        to.append(buffer.data(), static_cast<std::size_t>(count));
        if (result_.output.size() + result_.error_output.size() > request_.output_limit_bytes)
            throw Error{errors::too_large, quoted(request_.program) + " printed more than the " +
                                               format_bytes(request_.output_limit_bytes) + " allowed here"};
        return count > 0;
    }

    void receive_rest() {
        while (receive(output_, result_.output)) continue;
        while (receive(error_output_, result_.error_output)) continue;
    }

    const ProcessRequest& request_;
    std::string_view unsent_;
    Descriptor input_;
    Descriptor output_;
    Descriptor error_output_;
    ProcessResult result_;
};

}  // namespace

ProcessResult run_process(const ProcessRequest& request) {
    MLO_ASSERT(request.program.starts_with('/'));
    check_no_nul(request);
    // Input comes first: in a caller with closed standard streams its pipe takes the numbers up to 2, and dup2 in the
    // child overwrites nothing that is still needed.
    auto input = make_pipe(request);
    auto output = make_pipe(request);
    auto error_output = make_pipe(request);
    const SigpipeGuard guard;
    Child child{SpawnPlan{Session::callers}.spawn(
                    request, {input.read_end.get(), output.write_end.get(), error_output.write_end.get()}),
                Session::callers};
    input.read_end.close();
    output.write_end.close();
    error_output.write_end.close();
    Conversation conversation{request, std::move(input.write_end), std::move(output.read_end),
                              std::move(error_output.read_end)};
    conversation.run(child.end_signal());
    return std::move(conversation).result(child.wait());
}

std::optional<std::string> find_program(std::string_view name, std::string_view search_path) {
    if (name.empty() || name.find('/') != name.npos) return std::nullopt;
    for (const auto& folder : split(search_path, ':')) {
        if (!folder.starts_with('/')) continue;
        auto candidate = path::join(folder, name);
        struct stat status {};
        if (::stat(candidate.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
            ::faccessat(AT_FDCWD, candidate.c_str(), X_OK, AT_EACCESS) == 0)
            return candidate;
    }
    return std::nullopt;
}

}  // namespace mlo
