// SPDX-License-Identifier: Apache-2.0
// Usage: train DATA MODEL [EPOCHS [RATE]]
// Learns to tell three species of penguins by four measurements (softmax regression, gradient descent), and records
// how: whether it is started by itself or by 'mlo track'. Writes the model as text. The same data give the same model,
// byte by byte.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <mlo/run.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr std::size_t features = 4;
constexpr std::array<const char*, 3> species{"Adelie", "Chinstrap", "Gentoo"};
constexpr std::array<const char*, features> columns{"bill_length_mm", "bill_depth_mm", "flipper_length_mm",
                                                    "body_mass_g"};

using Row = std::array<double, features + 1>;  // the last is 1, for the intercept
using Weights = std::array<Row, species.size()>;

struct Sample {
    Row x{};
    std::size_t y = 0;
};

std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> fields;
    std::istringstream stream{line};
    for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
    return fields;
}

std::vector<Sample> read_samples(const std::string& path) {
    std::ifstream file{path};
    std::string line;
    if (!std::getline(file, line)) throw std::runtime_error{"cannot read " + path};
    const auto header = split(line);
    const auto place_of = [&](const std::string& column) {
        const auto found = std::find(header.begin(), header.end(), column);
        if (found == header.end()) throw std::runtime_error{path + " has no column " + column};
        return static_cast<std::size_t>(found - header.begin());
    };
    std::vector<Sample> samples;
    while (std::getline(file, line)) {
        const auto fields = split(line);
        Sample sample;
        bool is_complete = true;
        for (std::size_t i = 0; i < features; ++i) {
            const auto& text = fields.at(place_of(columns[i]));
            is_complete =
                is_complete && std::from_chars(text.data(), text.data() + text.size(), sample.x[i]).ec == std::errc{};
        }
        sample.x[features] = 1;
        const auto known = std::find(species.begin(), species.end(), fields.at(place_of("species")));
        sample.y = static_cast<std::size_t>(known - species.begin());
        if (is_complete && known != species.end()) samples.push_back(sample);
    }
    return samples;
}

/// Mean 0 and variance 1 for each measurement.
void standardize(std::vector<Sample>& samples) {
    const auto count = static_cast<double>(samples.size());
    for (std::size_t i = 0; i < features; ++i) {
        double sum = 0, squares = 0;
        for (const auto& sample : samples) sum += sample.x[i];
        for (const auto& sample : samples) squares += (sample.x[i] - sum / count) * (sample.x[i] - sum / count);
        for (auto& sample : samples) sample.x[i] = (sample.x[i] - sum / count) / std::sqrt(squares / count);
    }
}

std::array<double, species.size()> probabilities(const Weights& weights, const Row& x) {
    std::array<double, species.size()> p{};
    double total = 0;
    for (std::size_t k = 0; k < p.size(); ++k) {
        for (std::size_t i = 0; i < x.size(); ++i) p[k] += weights[k][i] * x[i];
        total += p[k] = std::exp(p[k]);
    }
    for (auto& each : p) each /= total;
    return p;
}

/// One step down the gradient of the cross-entropy; returns that.
double step(Weights& weights, const std::vector<Sample>& samples, double rate) {
    Weights gradient{};
    double loss = 0;
    const auto count = static_cast<double>(samples.size());
    for (const auto& [x, y] : samples) {
        const auto p = probabilities(weights, x);
        loss -= std::log(p[y]) / count;
        for (std::size_t k = 0; k < p.size(); ++k)
            for (std::size_t i = 0; i < x.size(); ++i) gradient[k][i] += (p[k] - (k == y ? 1 : 0)) * x[i] / count;
    }
    for (std::size_t k = 0; k < weights.size(); ++k)
        for (std::size_t i = 0; i < weights[k].size(); ++i) weights[k][i] -= rate * gradient[k][i];
    return loss;
}

double accuracy(const Weights& weights, const std::vector<Sample>& samples) {
    const auto hits = std::count_if(samples.begin(), samples.end(), [&](const Sample& sample) {
        const auto p = probabilities(weights, sample.x);
        return static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin()) == sample.y;
    });
    return static_cast<double>(hits) / static_cast<double>(samples.size());
}

void write_model(const Weights& weights, const std::string& path) {
    std::ofstream file{path};
    file.precision(17);
    for (std::size_t k = 0; k < weights.size(); ++k) {
        file << species[k];
        for (const auto weight : weights[k]) file << ' ' << weight;
        file << '\n';
    }
    if (!file.flush()) throw std::runtime_error{"cannot write " + path};
}

void train(const std::string& data, const std::string& model, int epochs, double rate) {
    auto run = mlo::Run::attach_or_begin(
        {.experiment = "penguins", .params = {{"model", "softmax regression"}}, .inputs = {data}});
    run.param("epochs", epochs);
    run.param("rate", rate);

    auto samples = read_samples(data);
    standardize(samples);
    std::vector<Sample> held_out, training;
    for (std::size_t i = 0; i < samples.size(); ++i) (i % 5 == 0 ? held_out : training).push_back(samples[i]);
    run.param("rows", samples.size());

    Weights weights{};
    for (int epoch = 0; epoch < epochs; ++epoch) {
        const double loss = step(weights, training, rate);
        run.log({{"loss", loss},
                 {"accuracy", accuracy(weights, training)},
                 {"held_out.accuracy", accuracy(weights, held_out)}},
                epoch);
    }
    write_model(weights, model);
    run.model(model);
    run.finish();
    std::printf("run %s: accuracy %.3f on %zu penguins that it had not seen\n", run.id().c_str(),
                accuracy(weights, held_out), held_out.size());
}

}  // namespace

int main(int count, char** words) {
    if (count < 3) {
        std::fputs("usage: train DATA MODEL [EPOCHS [RATE]]\n", stderr);
        return 2;
    }
    try {
        train(words[1], words[2], count > 3 ? std::stoi(words[3]) : 200, count > 4 ? std::stod(words[4]) : 0.5);
    } catch (const std::exception& error) {  // the run has ended as FAILED
        std::fprintf(stderr, "train: %s\n", error.what());
        return 1;
    }
}
