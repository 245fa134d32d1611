// SPDX-License-Identifier: Apache-2.0
// What the static libgit2 gets in place of its TLS and SSH transports (linker option --wrap, lib/git/CMakeLists.txt).
// mlo never speaks git's network protocols, but git_libgit2_init() would load the system's certificates each time
// (4 ms of the 5 ms that opening a repository took), and the transports would bring libssh2, Kerberos and three
// libraries of mbedTLS into the program. The signatures are those of libgit2 1.5, with its private types left out.

extern "C" {

int __wrap_git_mbedtls_stream_global_init();
int __wrap_git_mbedtls__set_cert_location(const char* file, const char* folder);
int __wrap_git_mbedtls_stream_new(void** stream, const char* host, const char* port);
int __wrap_git_mbedtls_stream_wrap(void** stream, void* inner, const char* host);
int __wrap_git_transport_ssh_global_init();
int __wrap_git_smart_subtransport_ssh(void** subtransport, void* owner, void* parameter);
int __wrap_git_http_auth_negotiate(void** context, const void* url);

int __wrap_git_mbedtls_stream_global_init() { return 0; }
int __wrap_git_mbedtls__set_cert_location(const char* /*file*/, const char* /*folder*/) { return -1; }
int __wrap_git_mbedtls_stream_new(void** /*stream*/, const char* /*host*/, const char* /*port*/) { return -1; }
int __wrap_git_mbedtls_stream_wrap(void** /*stream*/, void* /*inner*/, const char* /*host*/) { return -1; }
int __wrap_git_transport_ssh_global_init() { return 0; }
int __wrap_git_smart_subtransport_ssh(void** /*subtransport*/, void* /*owner*/, void* /*parameter*/) { return -1; }
int __wrap_git_http_auth_negotiate(void** /*context*/, const void* /*url*/) { return -1; }

#ifdef __SANITIZE_ADDRESS__
/// libgit2 1.5 forgets the match data of the regular expressions that it looks settings up with: some kilobytes per
/// repository that is opened.
#define MLO_EXPORT __attribute__((visibility("default")))
MLO_EXPORT const char* __lsan_default_options();
MLO_EXPORT const char* __lsan_default_suppressions();
const char* __lsan_default_options() { return "print_suppressions=0"; }
const char* __lsan_default_suppressions() { return "leak:_pcre2_memctl_malloc_8\nleak:pcre2_match_8\n"; }
#endif

}  // extern "C"
