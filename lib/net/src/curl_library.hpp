// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <curl/curl.h>

#include <string>

namespace mlo::net {

/// The functions of libcurl that are used. The program is not linked with it: with what it needs in turn it would cost
/// each start 5 ms, and most commands send no request.
struct CurlLibrary {
    decltype(&::curl_easy_init) easy_init;
    decltype(&::curl_easy_cleanup) easy_cleanup;
    decltype(&::curl_easy_reset) easy_reset;
    decltype(&::curl_easy_setopt) easy_setopt;
    decltype(&::curl_easy_getinfo) easy_getinfo;
    decltype(&::curl_easy_perform) easy_perform;
    decltype(&::curl_easy_strerror) easy_strerror;
    decltype(&::curl_slist_append) slist_append;
    decltype(&::curl_slist_free_all) slist_free_all;
    decltype(&::curl_version_info) version_info;
};

/// Loads and initializes the library of that file name. Throws no_libcurl if it is missing or too old.
[[nodiscard]] CurlLibrary load_curl(const char* file_name);

/// The one that this process uses: loaded by the first call, kept to the end. Thread-safe. Throws no_libcurl.
[[nodiscard]] const CurlLibrary& curl_library();

}  // namespace mlo::net
