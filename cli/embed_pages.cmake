# SPDX-License-Identifier: Apache-2.0
# Writes the C++ source OUTPUT with the text of every file in PAGES (man/NAME.scd), sorted by name.
set(rows "")
foreach(page IN LISTS PAGES)
  cmake_path(GET page STEM LAST_ONLY name)
  file(READ "${page}" text)
  string(APPEND rows "        {\"${name}\", R\"page(${text})page\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"manual.hpp\"

namespace mlo::cli {

std::span<const Page> all_pages() {
    static constexpr Page pages[] = {
${rows}    };
    return pages;
}

}  // namespace mlo::cli
")
