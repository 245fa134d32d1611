# SPDX-License-Identifier: Apache-2.0
# Writes the C++ source OUTPUT with the texts of the files SCRIPTS, STYLES and LICENCE.
function(literal variable file)
  file(READ "${file}" text)
  string(LENGTH "${text}" length)
  if(length GREATER 60000 OR text MATCHES "\r" OR text MATCHES "</script|</style|<!--")
    message(FATAL_ERROR "${file} cannot stand in a page as it is")
  endif()
  set(${variable} "R\"asset(${text})asset\"" PARENT_SCOPE)
endfunction()

set(scripts "")
foreach(file IN LISTS SCRIPTS)
  literal(text "${file}")
  string(APPEND scripts "        ${text},\n")
endforeach()
set(style "")
foreach(file IN LISTS STYLES)
  literal(text "${file}")
  string(APPEND style "        ${text}\n")
endforeach()
literal(licence "${LICENCE}")
file(WRITE "${OUTPUT}" "#include \"assets.hpp\"

namespace mlo::report {

std::span<const std::string_view> page_scripts() {
    static constexpr std::string_view scripts[] = {
${scripts}    };
    return scripts;
}
std::string_view page_style() {
    return
${style}        ;
}
std::string_view page_licence() {
    return ${licence};
}

}  // namespace mlo::report
")
