// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <mlo/track/environment.hpp>

namespace mlo::track {
namespace {

constexpr std::size_t most_variables = 500;
constexpr std::size_t longest_value = 4096;

/// A '*' at the end stands for anything.
constexpr std::array recorded_names{
    std::string_view{"PATH"},
    std::string_view{"LD_LIBRARY_PATH"},
    std::string_view{"LD_PRELOAD"},
    std::string_view{"LANG"},
    std::string_view{"LC_*"},
    std::string_view{"TZ"},
    std::string_view{"TERM"},
    std::string_view{"USER"},
    std::string_view{"LOGNAME"},
    std::string_view{"SHELL"},
    std::string_view{"HOSTNAME"},
    std::string_view{"PYTHON*"},
    std::string_view{"VIRTUAL_ENV"},
    std::string_view{"CONDA_*"},
    std::string_view{"R_LIBS*"},
    std::string_view{"R_HOME"},
    std::string_view{"JULIA_*"},
    std::string_view{"JAVA_HOME"},
    std::string_view{"CUDA_*"},
    std::string_view{"CUBLAS_*"},
    std::string_view{"CUDNN_*"},
    std::string_view{"NVIDIA_*"},
    std::string_view{"NCCL_*"},
    std::string_view{"HIP_*"},
    std::string_view{"ROCR_*"},
    std::string_view{"OMP_*"},
    std::string_view{"GOMP_*"},
    std::string_view{"KMP_*"},
    std::string_view{"MKL_*"},
    std::string_view{"OPENBLAS_*"},
    std::string_view{"BLIS_*"},
    std::string_view{"VECLIB_*"},
    std::string_view{"NUMEXPR_*"},
    std::string_view{"NUMBA_*"},
    std::string_view{"MALLOC_*"},
    std::string_view{"TORCH*"},
    std::string_view{"PYTORCH_*"},
    std::string_view{"PL_*"},
    std::string_view{"TF_*"},
    std::string_view{"XLA_*"},
    std::string_view{"JAX_*"},
    std::string_view{"KERAS_*"},
    std::string_view{"HF_*"},
    std::string_view{"TRANSFORMERS_*"},
    std::string_view{"TOKENIZERS_*"},
    std::string_view{"ACCELERATE_*"},
    std::string_view{"DEEPSPEED_*"},
    std::string_view{"RANK"},
    std::string_view{"LOCAL_RANK"},
    std::string_view{"WORLD_SIZE"},
    std::string_view{"LOCAL_WORLD_SIZE"},
    std::string_view{"NODE_RANK"},
    std::string_view{"MASTER_ADDR"},
    std::string_view{"MASTER_PORT"},
    std::string_view{"SLURM_*"},
    std::string_view{"SBATCH_*"},
    std::string_view{"PBS_*"},
    std::string_view{"LSB_*"},
    std::string_view{"SGE_*"},
    std::string_view{"OMPI_*"},
    std::string_view{"KUBERNETES_*"},
    std::string_view{"CI"},
    std::string_view{"CI_*"},
    std::string_view{"GITHUB_*"},
    std::string_view{"GITLAB_*"},
    std::string_view{"BUILD_*"},
    std::string_view{"JOB_*"},
    std::string_view{"*SEED"},
    std::string_view{"MLO_*"},
};

constexpr std::array secret_words{
    std::string_view{"KEY"},         std::string_view{"TOKEN"},  std::string_view{"SECRET"},
    std::string_view{"PASS"},        std::string_view{"PASSWD"}, std::string_view{"PASSWORD"},
    std::string_view{"PWD"},         std::string_view{"AUTH"},   std::string_view{"CREDENTIAL"},
    std::string_view{"CREDENTIALS"}, std::string_view{"APIKEY"}, std::string_view{"COOKIE"},
    std::string_view{"PRIVATE"},     std::string_view{"JWT"},    std::string_view{"PASSPHRASE"},
    std::string_view{"SIGNATURE"}};

/// How tokens of well-known makers begin.
constexpr std::array token_starts{
    std::string_view{"sk-"},       std::string_view{"ghp_"},        std::string_view{"gho_"},
    std::string_view{"ghs_"},      std::string_view{"github_pat_"}, std::string_view{"glpat-"},
    std::string_view{"xoxb-"},     std::string_view{"xoxp-"},       std::string_view{"AKIA"},
    std::string_view{"ASIA"},      std::string_view{"hf_"},         std::string_view{"eyJ"},
    std::string_view{"AIza"},      std::string_view{"npm_"},        std::string_view{"pypi-"},
    std::string_view{"dckr_pat_"}, std::string_view{"-----BEGIN"}};
constexpr std::size_t shortest_token = 16;

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool matches(std::string_view pattern, std::string_view name) {
    if (pattern.ends_with('*')) return name.starts_with(pattern.substr(0, pattern.size() - 1));
    if (pattern.starts_with('*')) return name.ends_with(pattern.substr(1));
    return name == pattern;
}

bool is_recorded(std::string_view name, std::span<const std::string> rules) {
    for (std::string_view rule : rules) {
        const bool leaves_out = rule.starts_with('!');
        if (leaves_out) rule.remove_prefix(1);
        if (matches(rule, name)) return !leaves_out;
    }
    return std::any_of(recorded_names.begin(), recorded_names.end(),
                       [&](std::string_view pattern) { return matches(pattern, name); });
}

bool is_token(std::string_view word) {
    return word.size() >= shortest_token &&
           std::any_of(token_starts.begin(), token_starts.end(),
                       [&](std::string_view start) { return word.starts_with(start); });
}

/// "scheme://user:password@host" without what is between.
std::string without_user_information(std::string_view text) {
    std::string result;
    for (;;) {
        const auto scheme = text.find("://");
        if (scheme == std::string_view::npos) return result += text;
        const auto host = scheme + 3;
        const auto end = std::min(text.find_first_of("/?# \t\n\"'", host), text.size());
        const auto at = text.substr(0, end).rfind('@');
        result += text.substr(0, host);
        if (at != std::string_view::npos && at >= host)
            result.append(masked).append(text.substr(at, end - at));
        else
            result += text.substr(host, end - host);
        text.remove_prefix(end);
    }
}

}  // namespace

bool names_a_secret(std::string_view name) {
    std::string word;
    const auto is_secret = [&] {
        return std::find(secret_words.begin(), secret_words.end(), word) != secret_words.end() ||
               word.ends_with("PASSWORD") || word.ends_with("TOKEN") || word.ends_with("SECRET") ||
               word.ends_with("APIKEY");
    };
    if (name == "PWD" || name == "OLDPWD" || name == "TOKENIZERS_PARALLELISM") return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        const bool begins_word = c >= 'A' && c <= 'Z' && i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z';  // apiKey
        if (!is_alphanumeric(c) || begins_word) {
            if (is_secret()) return true;
            word.clear();
        }
        if (is_alphanumeric(c)) word += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return is_secret();
}

std::string without_secret(std::string_view value) {
    const auto plain = without_user_information(value);
    std::string result;
    std::string_view rest = plain;
    while (!rest.empty()) {
        // Words as tokens have them; what is between stays.
        std::size_t end = 0;
        const auto belongs = [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '+'; };
        while (end < rest.size() && belongs(rest[end])) ++end;
        const auto word = rest.substr(0, end);
        if (word.starts_with("-----BEGIN")) return result.append(masked);
        result += is_token(word) ? masked : word;
        rest.remove_prefix(end);
        if (rest.starts_with('=') && names_a_secret(word)) {
            result.append("=").append(masked);
            rest.remove_prefix(std::min(rest.find_first_of(" \t\n;&|\"'"), rest.size()));
        }
        if (!rest.empty()) {
            result += rest.front();
            rest.remove_prefix(1);
        }
    }
    return result;
}

std::map<std::string, std::string> recorded_environment(std::span<const std::string> variables,
                                                        std::span<const std::string> rules) {
    std::map<std::string, std::string> recorded;
    for (const std::string_view entry : variables) {
        const auto equals = entry.find('=');
        if (equals == std::string_view::npos || equals == 0 || recorded.size() == most_variables) continue;
        const auto name = entry.substr(0, equals);
        if (!is_recorded(name, rules)) continue;
        const auto value = entry.substr(equals + 1);
        recorded[std::string{name}] = names_a_secret(name) && !value.empty()
                                          ? std::string{masked}
                                          : without_secret(value.substr(0, longest_value));
    }
    return recorded;
}

std::vector<std::string> recorded_command(std::span<const std::string> command) {
    std::vector<std::string> recorded;
    bool is_secret = false;  // the argument is the value of an option that names one
    for (const std::string_view argument : command) {
        const bool is_option = argument.starts_with('-');
        const auto equals = argument.find('=');
        const auto name = argument.substr(0, equals);
        if (is_secret && !is_option) {
            recorded.emplace_back(masked);
        } else if (equals != std::string_view::npos && equals > 0 && name.find_first_of(" /:") == name.npos &&
                   names_a_secret(name)) {
            recorded.push_back(std::string{name} + '=' + std::string{masked});
        } else {
            recorded.push_back(without_secret(argument));
        }
        is_secret = is_option && equals == std::string_view::npos && names_a_secret(argument);
    }
    return recorded;
}

}  // namespace mlo::track
