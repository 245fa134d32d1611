# SPDX-License-Identifier: Apache-2.0
# Writes the C++ source OUTPUT with the text of every file in FILES, in order.
set(rows "")
foreach(file IN LISTS FILES)
  cmake_path(GET file FILENAME name)
  file(READ "${file}" text)
  string(APPEND rows "        {\"${name}\", R\"demo(${text})demo\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"demo_files.hpp\"

namespace mlo::cli {

std::span<const DemoFile> demo_files() {
    static constexpr DemoFile files[] = {
${rows}    };
    return files;
}

}  // namespace mlo::cli
")
