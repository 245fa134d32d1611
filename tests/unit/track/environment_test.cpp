// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/track/environment.hpp>

using namespace mlo::track;
using Strings = std::vector<std::string>;

TEST_CASE("rules add to the variables that are kept, and take from them") {
    const std::vector<std::string> variables{"APP_MODE=fast", "APP_KEY=secret", "LANG=C", "OTHER=1", "THE_END=2"};
    CHECK(recorded_environment(variables) == std::map<std::string, std::string>{{"LANG", "C"}});
    const std::vector<std::string> rules{"!APP_X*", "APP_*", "*_END", "!LANG", "LANG"};
    CHECK(recorded_environment(variables, rules) ==
          std::map<std::string, std::string>{{"APP_KEY", "***"}, {"APP_MODE", "fast"}, {"THE_END", "2"}});
}

TEST_CASE("of the environment what sets up a job is kept, and nothing else") {
    const Strings variables{"PATH=/usr/bin",
                            "CUDA_VISIBLE_DEVICES=0,1",
                            "OMP_NUM_THREADS=4",
                            "HOME=/home/ada",
                            "EDITOR=vi",
                            "PYTHONHASHSEED=0",
                            "MY_SEED=7",
                            "SLURM_JOB_ID=12",
                            "broken",
                            "=x",
                            "LC_ALL=C",
                            "TOKENIZERS_PARALLELISM=false",
                            "EMPTY="};
    const std::map<std::string, std::string> expected{{"PATH", "/usr/bin"},     {"CUDA_VISIBLE_DEVICES", "0,1"},
                                                      {"OMP_NUM_THREADS", "4"}, {"PYTHONHASHSEED", "0"},
                                                      {"MY_SEED", "7"},         {"SLURM_JOB_ID", "12"},
                                                      {"LC_ALL", "C"},          {"TOKENIZERS_PARALLELISM", "false"}};
    CHECK(recorded_environment(variables) == expected);
}

TEST_CASE("secrets in the environment are masked by name and by value") {
    const Strings variables{"HF_TOKEN=abc",
                            "GITHUB_TOKEN=ghp_0123456789abcdef",
                            "CI_REPOSITORY_URL=https://ci:pw@host/x.git",
                            "SLURM_COMMENT=use sk-0123456789abcdefghij, please",
                            "TORCH_HOME=/a",
                            "CI_JOB_JWT="};
    const std::map<std::string, std::string> expected{{"HF_TOKEN", "***"},
                                                      {"GITHUB_TOKEN", "***"},
                                                      {"CI_REPOSITORY_URL", "https://***@host/x.git"},
                                                      {"SLURM_COMMENT", "use ***, please"},
                                                      {"TORCH_HOME", "/a"},
                                                      {"CI_JOB_JWT", ""}};
    CHECK(recorded_environment(variables) == expected);
}

TEST_CASE("a hostile environment is bounded") {
    Strings variables{"PATH=" + std::string(100'000, 'x')};
    for (int i = 0; i < 2000; ++i) variables.push_back("CUDA_" + std::to_string(i) + "=1");
    const auto recorded = recorded_environment(variables);
    CHECK(recorded.size() == 500);
    CHECK(recorded.at("PATH").size() == 4096);
}

TEST_CASE("secrets on a command line are masked, and the rest stays as it was") {
    CHECK(
        recorded_command(Strings{"python", "train.py", "--lr=0.1", "--api-key=abc", "--password", "x", "--db.token",
                                 "y", "--apiKey", "z", "--secret", "--verbose", "API_KEY=q", "keys=3", "--monkey=1"}) ==
        Strings{"python", "train.py", "--lr=0.1", "--api-key=***", "--password", "***", "--db.token", "***", "--apiKey",
                "***", "--secret", "--verbose", "API_KEY=***", "keys=3", "--monkey=1"});
    CHECK(recorded_command(Strings{"curl", "https://a:b@h/p?q=1", "-u", "AKIA0123456789ABCDEF"}) ==
          Strings{"curl", "https://***@h/p?q=1", "-u", "***"});
    CHECK(recorded_command(Strings{"sh", "-c", "X=1 run --token=abc; echo a@b"}) ==
          Strings{"sh", "-c", "X=1 run --token=***; echo a@b"});
}

TEST_CASE("what is no secret is not masked") {
    for (const char* name :
         {"PWD", "KEYBOARD", "--keyboard", "MONKEY", "--passes", "AUTHOR", "--tokenizer", "PRIVATEER"}) {
        INFO(name);
        CHECK_FALSE(names_a_secret(name));
    }
    for (const char* name :
         {"key", "--key", "AWS_SECRET_ACCESS_KEY", "dbPassword", "MYTOKEN", "wandb-api-key", "X_AUTH"}) {
        INFO(name);
        CHECK(names_a_secret(name));
    }
    CHECK(without_secret("sk-short") == "sk-short");
    CHECK(without_secret("a://b/c@d") == "a://b/c@d");
    CHECK(without_secret("-----BEGIN RSA PRIVATE KEY-----\nMII") == "***");
}
