// SPDX-License-Identifier: Apache-2.0
// The static libgit2 of Debian is made for programs: it refers to libc's variable 'stdout' in a way that no shared
// library can. It does so in one function that prints patches and that mlo does not call. With the linker's
// --wrap=stdout it refers to this instead.
#include <cstdio>

extern "C" {
extern std::FILE* __wrap_stdout;
std::FILE* __wrap_stdout = nullptr;
}
