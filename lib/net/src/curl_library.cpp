// SPDX-License-Identifier: Apache-2.0
#include "curl_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <mlo/net/errors.hpp>
#include <mlo/net/http.hpp>
#include <mlo/util/text.hpp>

namespace mlo::net {
namespace {

constexpr unsigned oldest_version = 0x075800;  // 7.88.0

[[noreturn]] void fail(std::string why) {
    throw Error{errors::no_libcurl, "cannot load libcurl"}
        .note(std::move(why))
        .hint("as root: apt-get install libcurl4");
}

/// What went wrong in the last call of a function of <dlfcn.h>.
std::string last_failure() {
    const char* const text = ::dlerror();  // NOLINT(concurrency-mt-unsafe): the text is the thread's own
    return printable(text == nullptr ? "unknown reason" : text);
}

template <class Function>
void find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    if (function == nullptr) fail(last_failure());
}

}  // namespace

CurlLibrary load_curl(const char* file_name) {
    // Never closed: its connections may live in threads until the process ends.
    void* const library = ::dlopen(file_name, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) fail(last_failure());
    CurlLibrary functions{};
    decltype(&::curl_global_init) global_init = nullptr;
    find(library, "curl_easy_init", functions.easy_init);
    find(library, "curl_easy_cleanup", functions.easy_cleanup);
    find(library, "curl_easy_reset", functions.easy_reset);
    find(library, "curl_easy_setopt", functions.easy_setopt);
    find(library, "curl_easy_getinfo", functions.easy_getinfo);
    find(library, "curl_easy_perform", functions.easy_perform);
    find(library, "curl_easy_strerror", functions.easy_strerror);
    find(library, "curl_slist_append", functions.slist_append);
    find(library, "curl_slist_free_all", functions.slist_free_all);
    find(library, "curl_version_info", functions.version_info);
    find(library, "curl_global_init", global_init);
    const auto* const version = functions.version_info(CURLVERSION_NOW);
    if (version->version_num < oldest_version) fail(fmt::format("libcurl {} is older than 7.88", version->version));
    if (const auto code = global_init(CURL_GLOBAL_DEFAULT); code != CURLE_OK) fail(functions.easy_strerror(code));
    return functions;
}

const CurlLibrary& curl_library() {
    static const CurlLibrary library = load_curl("libcurl.so.4");
    return library;
}

std::optional<std::string> libcurl_version() {
    try {
        return curl_library().version_info(CURLVERSION_NOW)->version;
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace mlo::net
