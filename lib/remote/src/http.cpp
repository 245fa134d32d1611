// SPDX-License-Identifier: Apache-2.0
#include "http.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mlo/net/errors.hpp>
#include <mlo/net/http_fields.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/surroundings.hpp>
#include <mlo/remote/url.hpp>
#include <mlo/util/text.hpp>

#include "http_folders.hpp"
#include "http_session.hpp"
#include "http_writer.hpp"

namespace mlo::remote {
namespace {

constexpr std::uint64_t piece_bytes = 8u << 20;
/// No value reaches that far, and no server reads such numbers.
constexpr std::uint64_t most_value_bytes = std::uint64_t{1} << 60;
constexpr std::uint32_t streams = 8;

constexpr int ok = 200;
constexpr int partial_content = 206;
constexpr int range_not_satisfiable = 416;

/// Ends a transfer whose rest nobody wants.
struct Enough final : std::exception {};

/// The part of a value that was asked for, out of what a server sends.
class Part {
public:
    Part(ByteRange range, Sink& sink) : left_{range.size_bytes}, sink_{sink} {}
    void skip(std::uint64_t bytes) noexcept { skipped_ = bytes; }
    void write(ByteView bytes) {
        const auto skip = std::min<std::uint64_t>(skipped_, bytes.size());
        skipped_ -= skip;
        const auto wanted = bytes.subspan(skip).first(std::min<std::uint64_t>(bytes.size() - skip, left_));
        if (!wanted.empty()) sink_.write(wanted);
        left_ -= wanted.size();
        written_ += wanted.size();
        if (left_ == 0 && skip + wanted.size() < bytes.size()) throw Enough{};
    }
    [[nodiscard]] std::uint64_t written_bytes() const noexcept { return written_; }

private:
    std::uint64_t left_;
    std::uint64_t skipped_ = 0;
    std::uint64_t written_ = 0;
    Sink& sink_;
};

class HttpRemote final : public Remote {
public:
    HttpRemote(HttpPlace place, const Surroundings& surroundings, const Runtime& runtime)
        : runtime_{runtime},
          session_{std::move(place), surroundings, runtime},
          folders_{session_, runtime},
          writer_{session_, folders_, runtime} {
        for (const bool can_write : {false, true}) {
            for (const bool can_list : {false, true}) {
                for (const bool can_range : {false, true}) {
                    traits_[can_write][can_list][can_range] = {
                        .scheme = session_.place().server.scheme == "https" ? "https" : "http",
                        .can_write = can_write,
                        .can_list = can_list,
                        .never_lists = !can_list,
                        .can_range = can_range,
                        .has_exclusive_put = false,  // servers look and then rename
                        .is_durable = false,
                        .piece_bytes = can_range ? piece_bytes : ByteRange{}.size_bytes,
                        .streams = streams};
                }
            }
        }
    }

    void get(const Key& key, ByteRange range, Sink& sink) override {
        if (range.size_bytes == 0 || range.offset > most_value_bytes) return require(key);
        HttpCall call{.path = key.text(), .doing = fmt::format("read {}", quoted(key.text()))};
        const bool is_part = range.offset > 0 || range.size_bytes != ByteRange{}.size_bytes;
        if (is_part) call.headers.push_back({"Range", field_of(range)});
        Part part{range, sink};
        std::uint64_t promised = 0;
        call.on_head = [&](const net::HttpResponse& head) {
            refuse_page(head, key);
            if (head.status == partial_content && is_part) {
                promised = promised_by(head, range);
            } else if (head.status == ok) {
                if (is_part) can_range_ = false;
                part.skip(range.offset);
            } else {
                throw unexpected(key, "an answer that is none to what was asked");
            }
        };
        HttpAnswer answer;
        try {
            answer = session_.send(call, [&](ByteView bytes) { part.write(bytes); });
        } catch (const Enough&) {
            return;
        }
        if (answer.is_ok()) {
            if (part.written_bytes() >= promised) return;
            throw Error{net::errors::connection_lost, fmt::format("the answer of {} ends early", quoted(shown()))};
        }
        if (answer.status == range_not_satisfiable && is_part) return;
        if (answer.is_absent()) throw absent(key);
        throw session_.error(call, answer);
    }

    PutResult put(const Key& key, Source& source) override {
        return writing([&] { return stat(key) ? PutResult::existed : writer_.create(key.text(), source); });
    }
    void replace(const Key& key, Source& source) override {
        writing([&] { return writer_.replace(key.text(), source); });
    }
    void remove(const Key& key) override {
        writing([&] { return writer_.remove(key.text()); });
    }

    std::optional<Info> stat(const Key& key) override {
        HttpCall call{.method = "HEAD", .path = key.text(), .doing = fmt::format("look at {}", quoted(key.text()))};
        call.on_head = [&](const net::HttpResponse& head) { refuse_page(head, key); };
        const auto answer = session_.send(call);
        if (answer.is_absent()) return std::nullopt;
        if (!answer.is_ok()) throw session_.error(call, answer);
        const auto size = net::content_length(answer.headers);
        return Info{.size_bytes = size ? *size : size_by_reading(key),
                    .modified = net::parse_http_date(net::find_header(answer.headers, "Last-Modified").value_or(""))};
    }

    void list(const Prefix& prefix, const std::function<void(const Listed&)>& visit) override {
        runtime_.check_stop();
        for (const auto& each : folders_.read(prefix.text()).members) {
            const auto name = prefix.text() + each.name;
            // What is no key belongs to somebody else, who may share the folder.
            if (!Key::is_valid(name)) continue;
            const Key key{name};
            if (each.is_folder) {
                list(Prefix{name + "/"}, visit);
            } else if (each.size_bytes) {
                visit({key, {.size_bytes = *each.size_bytes, .modified = each.modified}});
            } else {
                throw unexpected(key, "no size");
            }
        }
    }

    const Traits& traits() const noexcept override {
        return traits_[can_write_.load()][folders_.known() != Dav::no][can_range_.load()];
    }
    const std::string& shown() const noexcept override { return session_.shown(); }

private:
    [[nodiscard]] static std::string field_of(ByteRange range) {
        const auto last = range.size_bytes - 1 > most_value_bytes ? std::string{}
                                                                  : std::to_string(range.offset + range.size_bytes - 1);
        return fmt::format("bytes={}-{}", range.offset, last);
    }

    [[nodiscard]] Error absent(const Key& key) const {
        return Error{errors::key_absent, fmt::format("{} is not in {}", quoted(key.text()), quoted(shown()))};
    }
    [[nodiscard]] Error unexpected(const Key& key, std::string_view what) const {
        return Error{errors::bad_answer, fmt::format("{} gives {} for {}", quoted(shown()), what, quoted(key.text()))};
    }

    /// For servers that do not tell it where nothing is to be read.
    [[nodiscard]] std::uint64_t size_by_reading(const Key& key) {
        HttpCall call{.path = key.text(),
                      .headers = {{"Range", "bytes=0-0"}},
                      .doing = fmt::format("look at {}", quoted(key.text()))};
        std::optional<std::uint64_t> size;
        call.on_head = [&](const net::HttpResponse& head) {
            const auto range = net::content_range(head.headers);
            size = range ? range->whole : net::content_length(head.headers);
            if (!size) throw unexpected(key, "no size");
        };
        try {
            const auto answer = session_.send(call, [](ByteView bytes) {
                if (!bytes.empty()) throw Enough{};
            });
            if (answer.is_absent()) throw absent(key);
            if (answer.status == range_not_satisfiable) return 0;
            if (!answer.is_ok()) throw session_.error(call, answer);
        } catch (const Enough&) {
            // The head has told.
        }
        return size.value_or(0);
    }

    void require(const Key& key) {
        if (!stat(key)) throw absent(key);
    }

    /// How many bytes a partial answer brings.
    [[nodiscard]] std::uint64_t promised_by(const net::HttpResponse& head, ByteRange range) const {
        const auto told = net::content_range(head.headers);
        if (!told || told->first != range.offset || told->last - told->first >= range.size_bytes)
            throw Error{errors::bad_answer,
                        fmt::format("{} answered with another part of a value than was asked for", quoted(shown()))};
        return told->last - told->first + 1;
    }

    /// Servers that want people to log in answer anything with a form, and say that all is well.
    void refuse_page(const net::HttpResponse& head, const Key& key) const {
        const auto type = net::find_header(head.headers, "Content-Type").value_or("");
        if (!type.starts_with("text/html") || key.text().ends_with(".html")) return;
        throw Error{errors::web_page, fmt::format("{} gives a web page for {}", quoted(shown()), quoted(key.text()))}
            .hint(fmt::format("look at {} in a browser; 'mlo help http' says how credentials are set",
                              printable(shown())));
    }

    template <class Action>
    auto writing(Action action) -> decltype(action()) {
        try {
            return action();
        } catch (const Error& error) {
            if (&error.code() == &errors::read_only_server) can_write_ = false;
            throw;
        }
    }

    Runtime runtime_;
    HttpSession session_;
    HttpFolders folders_;
    HttpWriter writer_;
    Traits traits_[2][2][2];  ///< by can_write, can_list, can_range, which are found out on the way
    std::atomic<bool> can_write_ = true;
    std::atomic<bool> can_range_ = true;
};

}  // namespace

std::unique_ptr<Remote> open_http(const Url& url, std::string_view text, const Surroundings& surroundings,
                                  const Runtime& runtime) {
    return std::make_unique<HttpRemote>(parse_http_place(url, text), surroundings, runtime);
}

}  // namespace mlo::remote
