// SPDX-License-Identifier: Apache-2.0
#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mlo/net/errors.hpp>
#include <mlo/net/http.hpp>
#include <mlo/net/uri.hpp>
#include <mlo/util/secret.hpp>
#include <mlo/util/text.hpp>
#include <mutex>
#include <utility>
#include <vector>

#include "ascii.hpp"
#include "curl_library.hpp"
#include "failure.hpp"
#include "transfer.hpp"

namespace mlo::net {
namespace {

/// Bodies from this size on wait for the server to say that it wants them: so a refusal arrives before they are sent.
constexpr std::uint64_t expect_from_bytes = std::uint64_t{1} << 20;
constexpr long expect_timeout_ms = 1000;
constexpr long receive_buffer_bytes = 128 * 1024;
constexpr long send_buffer_bytes = 256 * 1024;

// ---- What libcurl calls. It is C: no exception may pass through it. ----

template <class Result, class Action>
Result guarded(void* transfer, Result failed, Action&& action) noexcept {
    auto& owner = *static_cast<Transfer*>(transfer);
    try {
        return action(owner);
    } catch (...) {
        owner.failure = std::current_exception();
        return failed;
    }
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* transfer) {
    return guarded<std::size_t>(transfer, CURL_WRITEFUNC_ERROR, [&](Transfer& owner) {
        owner.take_header_line({data, size * count});
        return size * count;
    });
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* transfer) {
    return guarded<std::size_t>(transfer, CURL_WRITEFUNC_ERROR, [&](Transfer& owner) -> std::size_t {
        const auto wanted = owner.take_body(as_bytes(std::string_view{data, size * count}));
        return wanted == Transfer::Wanted::more ? size * count : CURL_WRITEFUNC_ERROR;
    });
}

std::size_t on_read(char* into, std::size_t size, std::size_t count, void* transfer) {
    return guarded<std::size_t>(transfer, CURL_READFUNC_ABORT, [&](Transfer& owner) {
        return owner.give_body(std::as_writable_bytes(std::span{into, size * count}));
    });
}

int on_seek(void* transfer, curl_off_t offset, int origin) {
    if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_FAIL;
    static_cast<Transfer*>(transfer)->rewind_body(static_cast<std::uint64_t>(offset));
    return CURL_SEEKFUNC_OK;
}

int on_progress(void* transfer, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent) {
    return guarded<int>(transfer, 1, [&](Transfer& owner) {
        owner.check(static_cast<std::uint64_t>(received) + static_cast<std::uint64_t>(sent));
        return 0;
    });
}

// ---- Handles ----

struct CloseHandle {
    const CurlLibrary* library = nullptr;
    void operator()(CURL* handle) const noexcept { library->easy_cleanup(handle); }
};
/// Keeps its connections open from one request to the next.
using Handle = std::unique_ptr<CURL, CloseHandle>;

struct FreeList {
    const CurlLibrary* library = nullptr;
    void operator()(curl_slist* list) const noexcept { library->slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

/// Handles that no request uses. Thread-safe.
class HandlePool {
public:
    [[nodiscard]] Handle take(const CurlLibrary& library) {
        {
            const std::lock_guard guard{mutex_};
            if (!idle_.empty()) {
                auto handle = std::move(idle_.back());
                idle_.pop_back();
                return handle;
            }
        }
        Handle handle{library.easy_init(), CloseHandle{&library}};
        MLO_ASSERT(handle != nullptr);
        return handle;
    }
    void give_back(Handle handle) {
        handle.get_deleter().library->easy_reset(handle.get());  // forgets the request, keeps the connections
        const std::lock_guard guard{mutex_};
        idle_.push_back(std::move(handle));
    }

private:
    std::mutex mutex_;
    std::vector<Handle> idle_;
};

/// A handle for as long as a request takes.
class Lease {
public:
    Lease(HandlePool& pool, const CurlLibrary& library)
        : pool_{&pool}, library_{&library}, handle_{pool.take(library)} {}
    ~Lease() { pool_->give_back(std::move(handle_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    [[nodiscard]] CURL* get() const noexcept { return handle_.get(); }
    /// Numbers are long or curl_off_t, as the option has it; text is copied by libcurl.
    template <class Value>
    void set(CURLoption option, Value value) const {
        MLO_ASSERT(library_->easy_setopt(get(), option, value) == CURLE_OK);
    }
    void set_text(CURLoption option, const std::string& text) const { set(option, text.c_str()); }
    void set_text_unless_empty(CURLoption option, const std::string& text) const {
        if (!text.empty()) set_text(option, text);
    }
    [[nodiscard]] long number(CURLINFO info) const {
        long value = 0;
        return library_->easy_getinfo(get(), info, &value) == CURLE_OK ? value : 0;
    }

private:
    HandlePool* pool_;
    const CurlLibrary* library_;
    Handle handle_;
};

// ---- Requests ----

bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alphanumeric(c) || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
    });
}

void check_header(const Header& header) {
    if (!is_token(header.name))
        throw Error{errors::bad_header, fmt::format("{} is no name of a header", quoted(header.name))};
    const bool is_clean = std::none_of(header.value.begin(), header.value.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
    });
    if (!is_clean)
        throw Error{errors::bad_header,
                    fmt::format("the header {} holds a line break or another control character", quoted(header.name))};
}

HeaderList header_list(const HttpRequest& request, const HttpUrl& url, const CurlLibrary& library) {
    HeaderList list{nullptr, FreeList{&library}};
    const auto append = [&](std::string line) {
        auto* const longer = library.slist_append(list.get(), line.c_str());
        wipe(line);
        MLO_ASSERT(longer != nullptr);
        static_cast<void>(list.release());
        list.reset(longer);
    };
    for (const auto& header : request.headers) {
        check_header(header);
        append(header.name + (header.value.empty() ? ";" : ": " + header.value));
    }
    if (!find_header(request.headers, "Host")) append("Host: " + url.host_header());
    if (!find_header(request.headers, "Accept-Encoding")) append("Accept-Encoding: identity");
    const bool is_small = request.body_bytes && *request.body_bytes < expect_from_bytes;
    if (is_small && !find_header(request.headers, "Expect")) append("Expect:");
    return list;
}

class HttpClient final : public HttpTransport {
public:
    HttpClient(HttpOptions options, const Runtime& runtime)
        : options_{std::move(options)},
          proxy_shown_{options_.proxy.empty() ? std::string{} : check_proxy(options_.proxy)},
          runtime_{runtime} {}

    HttpResponse send(const HttpRequest& request, const std::function<void(ByteView)>& sink) override {
        runtime_.check_stop();
        const auto url = split_url(request.url);
        const auto& library = curl_library();
        const auto headers = header_list(request, url, library);
        std::array<char, CURL_ERROR_SIZE> reason{};
        Transfer transfer{request, sink, options_, runtime_, url.endpoint()};
        const Lease lease{handles_, library};
        set_options(lease);
        set_request(lease, request);
        set_callbacks(lease, transfer);
        lease.set(CURLOPT_HTTPHEADER, headers.get());
        lease.set(CURLOPT_ERRORBUFFER, reason.data());
        auto code = library.easy_perform(lease.get());
        if (transfer.failure) std::rethrow_exception(transfer.failure);
        if (is_answer(code, transfer)) return transfer.take_response();
        if (code == CURLE_OK) code = CURLE_PARTIAL_FILE;  // a head that ends early is whole for libcurl
        throw failure_of({.code = code,
                          .reason = reason.front() == '\0' ? library.easy_strerror(code) : reason.data(),
                          .system_error = static_cast<int>(lease.number(CURLINFO_OS_ERRNO)),
                          .proxy_status = lease.number(CURLINFO_HTTP_CONNECTCODE),
                          .endpoint = transfer.endpoint(),
                          .proxy_shown = proxy_shown_},
                         options_);
    }

private:
    /// A server that refuses a request may answer and hang up before it has read the body. Then sending fails, but the
    /// answer is there; of the answer's own body, what arrived has to do.
    static bool is_answer(CURLcode code, const Transfer& transfer) {
        if (!transfer.has_head() || code == CURLE_OK) return transfer.has_head();
        const bool is_refused = transfer.status() >= 300;
        return is_refused && (transfer.is_cut() || code == CURLE_SEND_ERROR || !transfer.is_body_sent());
    }

    void set_options(const Lease& lease) const {
        lease.set(CURLOPT_NOSIGNAL, 1L);
        lease.set(CURLOPT_QUICK_EXIT, 1L);  // a stop does not wait for a name that is being resolved
        lease.set(CURLOPT_PROTOCOLS_STR, "http,https");
        lease.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
        lease.set(CURLOPT_PATH_AS_IS, 1L);
        lease.set(CURLOPT_HTTP_CONTENT_DECODING, 0L);
        lease.set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(options_.connect_timeout.count()));
        lease.set(CURLOPT_EXPECT_100_TIMEOUT_MS, expect_timeout_ms);
        lease.set(CURLOPT_TCP_KEEPALIVE, 1L);
        lease.set(CURLOPT_BUFFERSIZE, receive_buffer_bytes);
        lease.set(CURLOPT_UPLOAD_BUFFERSIZE, send_buffer_bytes);
        lease.set_text_unless_empty(CURLOPT_USERAGENT, options_.user_agent);
        // Not to be left unset: then libcurl looks into the environment.
        lease.set_text(CURLOPT_PROXY, options_.proxy);
        lease.set_text(CURLOPT_NOPROXY, options_.no_proxy);
        lease.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
        lease.set(CURLOPT_HEADEROPT, long{CURLHEADER_SEPARATE});
        lease.set(CURLOPT_SSL_VERIFYPEER, 1L);
        lease.set(CURLOPT_SSL_VERIFYHOST, 2L);
        lease.set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
        lease.set(CURLOPT_PROXY_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
        if (!options_.ca_file.empty()) {
            lease.set_text(CURLOPT_CAINFO, options_.ca_file);
            lease.set_text(CURLOPT_PROXY_CAINFO, options_.ca_file);
            lease.set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
            lease.set(CURLOPT_PROXY_CAPATH, static_cast<const char*>(nullptr));
        }
        lease.set_text_unless_empty(CURLOPT_SSLCERT, options_.client_certificate);
        lease.set_text_unless_empty(CURLOPT_SSLKEY, options_.client_key);
    }

    static void set_request(const Lease& lease, const HttpRequest& request) {
        MLO_ASSERT(is_token(request.method));
        lease.set_text(CURLOPT_URL, request.url);
        if (request.body_bytes) {
            MLO_ASSERT(*request.body_bytes == 0 || request.read_body);
            lease.set(CURLOPT_UPLOAD, 1L);
            lease.set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(*request.body_bytes));
            lease.set_text(CURLOPT_CUSTOMREQUEST, request.method);
        } else if (request.method == "HEAD") {
            lease.set(CURLOPT_NOBODY, 1L);
        } else {
            lease.set(CURLOPT_HTTPGET, 1L);
            lease.set_text(CURLOPT_CUSTOMREQUEST, request.method);
        }
    }

    static void set_callbacks(const Lease& lease, Transfer& transfer) {
        lease.set(CURLOPT_HEADERFUNCTION, &on_header);
        lease.set(CURLOPT_HEADERDATA, &transfer);
        lease.set(CURLOPT_WRITEFUNCTION, &on_body);
        lease.set(CURLOPT_WRITEDATA, &transfer);
        lease.set(CURLOPT_READFUNCTION, &on_read);
        lease.set(CURLOPT_READDATA, &transfer);
        lease.set(CURLOPT_SEEKFUNCTION, &on_seek);
        lease.set(CURLOPT_SEEKDATA, &transfer);
        lease.set(CURLOPT_XFERINFOFUNCTION, &on_progress);
        lease.set(CURLOPT_XFERINFODATA, &transfer);
        lease.set(CURLOPT_NOPROGRESS, 0L);
    }

    const HttpOptions options_;
    const std::string proxy_shown_;
    const Runtime runtime_;
    HandlePool handles_;
};

}  // namespace

std::unique_ptr<HttpTransport> make_http_client(HttpOptions options, const Runtime& runtime) {
    return std::make_unique<HttpClient>(std::move(options), runtime);
}

}  // namespace mlo::net
