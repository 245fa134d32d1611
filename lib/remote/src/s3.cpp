// SPDX-License-Identifier: Apache-2.0
#include "s3.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <mlo/net/aws_time.hpp>
#include <mlo/net/http_fields.hpp>
#include <mlo/net/xml.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/surroundings.hpp>
#include <mlo/util/text.hpp>
#include <utility>

#include "s3_client.hpp"
#include "s3_upload.hpp"

namespace mlo::remote {
namespace {

constexpr std::size_t page_limit_bytes = 16u << 20;
/// Values that are put once more to see what a server makes of it.
constexpr std::uint64_t probe_bytes = 64u << 10;
constexpr std::uint64_t piece_bytes = 8u << 20;
constexpr std::uint64_t most_value_bytes = 5'000'000'000'000;
constexpr std::uint32_t streams = 16;

constexpr int forbidden = 403;
constexpr int not_found = 404;
constexpr int range_not_satisfiable = 416;

enum class Conditional : std::uint8_t { unknown, yes, no };

class S3Remote final : public Remote {
public:
    S3Remote(S3Url url, const Surroundings& surroundings, const Runtime& runtime)
        : runtime_{runtime}, client_{std::move(url), surroundings, runtime}, uploader_{client_, runtime} {
        for (const bool can_list : {false, true}) {
            for (const bool is_exclusive : {false, true}) {
                traits_[can_list][is_exclusive] = {.scheme = "s3",
                                                   .can_write = true,
                                                   .can_list = can_list,
                                                   .can_range = true,
                                                   .has_exclusive_put = is_exclusive,
                                                   .is_durable = true,
                                                   .max_value_bytes = most_value_bytes,
                                                   .piece_bytes = piece_bytes,
                                                   .streams = streams};
            }
        }
    }

    void get(const Key& key, ByteRange range, Sink& sink) override {
        // No value reaches that far, and no server reads such numbers.
        if (range.size_bytes == 0 || range.offset > most_value_bytes) return require(key);
        S3Request request{.key = name_of(key), .doing = "read"};
        const bool is_part = range.offset > 0 || range.size_bytes != ByteRange{}.size_bytes;
        if (is_part) {
            const auto last = range.size_bytes - 1 > most_value_bytes
                                  ? std::string{}
                                  : std::to_string(range.offset + range.size_bytes - 1);
            request.headers.push_back({"Range", fmt::format("bytes={}-{}", range.offset, last)});
        }
        const auto answer = client_.send(request, [&](ByteView bytes) { sink.write(bytes); });
        if (answer.is_ok()) {
            has_read_ = true;
            return;
        }
        if (answer.status == range_not_satisfiable) return;
        if (is_absent(answer)) throw absent(key);
        throw client_.error(request, answer);
    }

    PutResult put(const Key& key, Source& source) override {
        const auto name = name_of(key);
        while (true) {
            const auto known = conditional_.load();
            if (known != Conditional::yes && stat(key)) return PutResult::existed;
            const auto stored = store(key, source, known == Conditional::no ? Overwrite::yes : Overwrite::no);
            if (stored == Stored::unsupported) {
                conditional_ = Conditional::no;
                continue;
            }
            if (stored == Stored::existed) conditional_ = Conditional::yes;
            if (stored == Stored::created && known == Conditional::unknown && source.size_bytes() <= probe_bytes)
                find_out_conditional(name, source);
            return stored == Stored::existed ? PutResult::existed : PutResult::created;
        }
    }

    void replace(const Key& key, Source& source) override {
        static_cast<void>(uploader_.store(name_of(key), source, Overwrite::yes));
    }

    std::optional<Info> stat(const Key& key) override {
        const S3Request request{.method = "HEAD", .key = name_of(key), .headers = {}, .doing = "look at"};
        const auto answer = client_.send(request);
        if (answer.is_ok()) {
            has_read_ = true;
            const auto size = net::content_length(answer.headers);
            if (!size)
                throw Error{errors::bad_answer,
                            fmt::format("{} does not tell the size of {}", quoted(shown()), quoted(key.text()))};
            return Info{.size_bytes = *size, .modified = {}};
        }
        if (is_absent(answer)) return std::nullopt;
        throw client_.error(request, answer);
    }

    void list(const Prefix& prefix, const std::function<void(const Listed&)>& visit) override {
        std::string token;
        do {
            runtime_.check_stop();
            S3Request request{.query = {{"list-type", "2"}, {"prefix", client_.url().prefix + prefix.text()}},
                              .doing = "list"};
            if (!token.empty()) request.query.push_back({"continuation-token", token});
            const auto answer = client_.send_for_xml(request, page_limit_bytes);
            if (answer.status == forbidden && answer.code != "RequestTimeTooSkewed") note_no_listing(request, answer);
            if (!answer.is_ok() || !answer.code.empty()) throw client_.error(request, answer);
            token = visit_page(answer.details, visit);
        } while (!token.empty());
    }

    void remove(const Key& key) override {
        const S3Request request{.method = "DELETE", .key = name_of(key), .headers = {}, .doing = "remove"};
        const auto answer = client_.send(request);
        if (!answer.is_ok() && !is_absent(answer)) throw client_.error(request, answer);
    }

    const Traits& traits() const noexcept override {
        return traits_[can_list_.load()][conditional_.load() == Conditional::yes];
    }
    const std::string& shown() const noexcept override { return client_.shown(); }

private:
    [[nodiscard]] std::string name_of(const Key& key) const { return client_.url().prefix + key.text(); }

    [[nodiscard]] Error absent(const Key& key) const {
        return Error{errors::key_absent, fmt::format("{} is not in {}", quoted(key.text()), quoted(shown()))};
    }

    void require(const Key& key) {
        if (!stat(key)) throw absent(key);
    }

    /// To those who may not list, S3 says 403 of keys that are absent. Once something could be read, it is taken for
    /// that ("HeadObject", Permissions, in the API reference).
    [[nodiscard]] bool is_absent(const S3Answer& answer) const noexcept {
        if (answer.status == not_found)
            return answer.code.empty() || answer.code == "NoSuchKey" || answer.code == "NotFound";
        return answer.status == forbidden && !can_list_ && has_read_;
    }

    [[noreturn]] void note_no_listing(const S3Request& request, const S3Answer& answer) {
        const auto why = client_.error(request, answer);
        if (&why.code() != &errors::access_denied) throw Error{why};
        can_list_ = false;
        Error error{errors::listing_refused, why.message()};
        for (const auto& note : why.notes()) error.note(note);
        throw Error{std::move(error)};
    }

    /// As S3Uploader::store. What the server does not keep as it was sent does not stay: the next attempt would find
    /// the key there.
    [[nodiscard]] Stored store(const Key& key, Source& source, Overwrite overwrite) {
        try {
            return uploader_.store(name_of(key), source, overwrite);
        } catch (const Error& error) {
            if (&error.code() == &errors::not_kept) remove(key);
            throw;
        }
    }

    /// Stores once more what was just stored under a condition. A server that knows none takes the same bytes again,
    /// which does no harm.
    void find_out_conditional(const std::string& name, Source& source) {
        try {
            const auto again = uploader_.store(name, source, Overwrite::no);
            conditional_ = again == Stored::existed ? Conditional::yes : Conditional::no;
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::network) throw;  // the next put tells
        }
    }

    /// Visits the keys of a page; returns the token of the next one, "" after the last.
    std::string visit_page(const std::string& xml, const std::function<void(const Listed&)>& visit) const {
        const net::XmlDocument document{xml, shown()};
        const auto root = document.root();
        if (root.name() != "ListBucketResult")
            throw Error{errors::bad_answer, fmt::format("{} answered a listing with something else", quoted(shown()))};
        const auto& prefix = client_.url().prefix;
        for (const auto& each : root.children("Contents")) {
            const auto name = each.child_text("Key");
            if (!name.starts_with(prefix)) continue;
            const auto text = std::string_view{name}.substr(prefix.size());
            // What is no key of ours belongs to somebody else, who may share the bucket.
            if (!Key::is_valid(text)) continue;
            std::uint64_t size = 0;
            const auto size_text = each.child_text("Size");
            const auto parsed = std::from_chars(size_text.data(), size_text.data() + size_text.size(), size);
            if (parsed.ec != std::errc{})
                throw Error{errors::bad_answer,
                            fmt::format("{} lists {} without a size", quoted(shown()), quoted(text))};
            visit({Key{text}, {.size_bytes = size, .modified = net::parse_aws_time(each.child_text("LastModified"))}});
        }
        if (root.child_text("IsTruncated") != "true") return {};
        auto token = root.child_text("NextContinuationToken");
        if (token.empty())
            throw Error{errors::bad_answer, fmt::format("{} cut a listing short without a token", quoted(shown()))};
        return token;
    }

    Runtime runtime_;
    S3Client client_;
    S3Uploader uploader_;
    Traits traits_[2][2];  ///< by can_list and has_exclusive_put, which are found out on the way
    std::atomic<bool> can_list_ = true;
    std::atomic<bool> has_read_ = false;
    std::atomic<Conditional> conditional_ = Conditional::unknown;
};

}  // namespace

std::unique_ptr<Remote> open_s3(const Url& url, std::string_view text, const Surroundings& surroundings,
                                const Runtime& runtime) {
    return std::make_unique<S3Remote>(parse_s3_url(url, text), surroundings, runtime);
}

}  // namespace mlo::remote
