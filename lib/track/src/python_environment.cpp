// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/track/errors.hpp>
#include <mlo/track/packages.hpp>
#include <mlo/track/python_environment.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/process.hpp>
#include <mlo/util/text.hpp>

namespace mlo::track {
namespace {

constexpr std::size_t most_lines = 5;

/// The last lines of what an installer said are those that tell what went wrong.
void run_or_throw(const std::string& program, std::vector<std::string> arguments,
                  const std::vector<std::string>& environment, std::string_view what) {
    const auto result =
        run_process({.program = program, .arguments = std::move(arguments), .environment = environment});
    if (result.exit_code == 0) return;
    Error error{errors::environment_not_made, fmt::format("{} failed", what)};
    std::vector<std::string> lines;
    for (auto& line : split(result.error_output.empty() ? result.output : result.error_output, '\n'))
        if (!trim(line).empty()) lines.push_back(std::move(line));
    for (auto i = lines.size() > most_lines ? lines.size() - most_lines : 0; i < lines.size(); ++i)
        error.note(printable(lines[i]));
    throw Error{std::move(error)};
}

}  // namespace

std::vector<std::string> make_python_environment(std::string_view list, const std::string& at,
                                                 const std::vector<std::string>& environment, const Runtime& runtime) {
    const auto search_path = package_places({}, environment).search_path;
    const auto python = find_program("python3", search_path);
    if (!python) throw Error{errors::environment_not_made, "there is no 'python3' on PATH"};
    run_or_throw(*python, {"-m", "venv", at}, environment, "'python3 -m venv'");
    runtime.check_stop();
    const auto folder = runtime.fs.open_root(at);
    write_file_atomically(*folder, "packages.txt", list, 0666, runtime.random);
    run_or_throw(path::join(at, "bin/python"),
                 {"-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet", "--no-deps",
                  "--requirement", path::join(at, "packages.txt")},
                 environment, "'pip install'");
    runtime.check_stop();

    std::vector<std::string> variables;
    for (const auto& variable : environment)
        if (!variable.starts_with("PATH=") && !variable.starts_with("VIRTUAL_ENV=") &&
            !variable.starts_with("PYTHONHOME="))
            variables.push_back(variable);
    variables.push_back(fmt::format("PATH={}:{}", path::join(at, "bin"), search_path));
    variables.push_back("VIRTUAL_ENV=" + at);
    return variables;
}

}  // namespace mlo::track
