// SPDX-License-Identifier: Apache-2.0
#include <mlo/remote/read_only.hpp>

#include <mlo/remote/errors.hpp>
#include <type_traits>

namespace mlo::remote {
namespace {

class ReadOnly final : public Remote {
public:
    ReadOnly(std::unique_ptr<Remote> remote, Error refusal)
        : remote_{std::move(remote)}, refusal_{std::move(refusal)}, traits_{remote_->traits()} {
        traits_.can_write = false;
    }
    void get(const Key& key, ByteRange range, Sink& sink) override {
        read([&] { remote_->get(key, range, sink); });
    }
    PutResult put(const Key&, Source&) override { throw Error{refusal_}; }
    void replace(const Key&, Source&) override { throw Error{refusal_}; }
    std::optional<Info> stat(const Key& key) override {
        return read([&] { return remote_->stat(key); });
    }
    void list(const Prefix& prefix, const std::function<void(const Listed&)>& visit) override {
        read([&] { remote_->list(prefix, visit); });
    }
    void remove(const Key&) override { throw Error{refusal_}; }
    const Traits& traits() const noexcept override { return traits_; }
    const std::string& shown() const noexcept override { return remote_->shown(); }

private:
    /// What a server denies those who show it no credentials has the same way out as writing.
    template <class Action>
    std::invoke_result_t<Action> read(Action action) {
        try {
            return action();
        } catch (Error& error) {
            if (error.kind() == ErrorKind::auth || &error.code() == &errors::needs_approval)
                error.hint(refusal_.hint_text());
            throw;
        }
    }

    std::unique_ptr<Remote> remote_;
    Error refusal_;
    Traits traits_;
};

}  // namespace

std::unique_ptr<Remote> read_only(std::unique_ptr<Remote> remote, Error refusal) {
    return std::make_unique<ReadOnly>(std::move(remote), std::move(refusal));
}

}  // namespace mlo::remote
