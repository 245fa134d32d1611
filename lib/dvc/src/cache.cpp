// SPDX-License-Identifier: Apache-2.0
#include <mlo/dvc/cache.hpp>

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <set>

#include "listing.hpp"
#include "object_name.hpp"
#include "places.hpp"

#include <mlo/dvc/errors.hpp>
#include <mlo/hash/digest.hpp>
#include <mlo/hash/md5.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

namespace mlo::dvc {
namespace {

constexpr std::uint32_t object_mode = 0444;  ///< DVC hashes a file of any other mode before it uses it
constexpr std::uint64_t listing_limit = std::uint64_t{1} << 30;
constexpr std::string_view objects_folder = "files/md5";
/// So many files are synced one by one; for more, the whole file system is.
constexpr std::size_t few_files = 32;

/// Compares what it sees with an MD5.
class Md5Examiner final : public store::Examiner {
public:
    explicit Md5Examiner(std::string_view digits) : digits_{digits} {}
    void see(ByteView piece) override { hasher_.update(piece); }
    bool accepts() override { return hash::to_hex(hasher_.finish()) == digits_; }

private:
    std::string_view digits_;
    hash::Md5 hasher_;
};

std::string_view digits_of(std::string_view md5) noexcept { return md5.substr(0, 32); }

ObjectName checked_name(const std::string& md5) {
    auto name = name_of(md5);
    MLO_ASSERT(name.has_value());
    return std::move(*name);
}

/// As DVC names what it is writing; its gc removes what was left behind.
std::string temporary_name_of(Random& random) { return fmt::format(".{}.tmp", random.hex(11)); }

void remove_quietly(Dir& folder, const std::string& name, const Runtime& runtime) {
    try {
        folder.remove(name);
    } catch (const Error& error) {
        runtime.log.log(LogLevel::debug, fmt::format("a temporary file stays: {}", error.message()));
    }
}

}  // namespace

struct Cache::State {
    State(Site of, const Runtime& with) : site{std::move(of)}, runtime{with} {}

    Site site;
    Runtime runtime;
    std::mutex mutex;                            ///< guards all below
    std::map<std::string, std::string> pending;  ///< MD5 -> temporary name
    std::set<std::string> buckets;               ///< with names that are not durable yet

    [[nodiscard]] std::string folder(std::string_view bucket) const {
        return path::join(path::join(site.cache_dir, objects_folder), bucket);
    }
    [[nodiscard]] std::unique_ptr<Dir> open_bucket(const std::string& bucket) const {
        return open_place(site, folder(bucket), runtime.fs);
    }
    [[nodiscard]] std::unique_ptr<Dir> make_bucket(const std::string& bucket) const {
        return make_place(site, folder(bucket), site.sharing, runtime.fs);
    }

    /// Whether the object is there, with the size that it must have; what has another cannot be it, and goes.
    [[nodiscard]] bool has_sound(Dir& bucket, const std::string& name, std::uint64_t size) const {
        const auto status = bucket.stat(name);
        if (!status) return false;
        const auto shown = quoted(path::join(bucket.path(), name));
        if (status->kind != FileKind::regular)
            throw Error{mlo::errors::not_a_regular_file, fmt::format("{} is not a regular file", shown)};
        if (status->size == size) return true;
        runtime.log.log(LogLevel::warning, fmt::format("{} in DVC's cache is damaged; it is replaced", shown));
        bucket.remove(name);
        return false;
    }

    /// Notes that the object is there or about to be: false if somebody has done so.
    [[nodiscard]] bool is_known(const std::string& md5, Dir& bucket, const ObjectName& name, std::uint64_t size) {
        {
            const std::scoped_lock lock{mutex};
            if (pending.contains(md5)) return true;
        }
        if (!has_sound(bucket, name.name, size)) return false;
        note(name.bucket);
        return true;
    }
    void note(const std::string& bucket) {
        const std::scoped_lock lock{mutex};
        buckets.insert(bucket);
    }

    void add(const std::string& md5, Dir& bucket, const ObjectName& name, const std::function<void(File&)>& write) {
        const auto temporary = temporary_name_of(runtime.random);
        const auto file = bucket.create(temporary, object_mode);
        try {
            write(*file);
            if (file->stat().mode != object_mode) file->set_mode(object_mode);
        } catch (const Error&) {
            remove_quietly(bucket, temporary, runtime);
            throw;
        }
        const std::scoped_lock lock{mutex};
        buckets.insert(name.bucket);
        if (!pending.try_emplace(md5, temporary).second) remove_quietly(bucket, temporary, runtime);
    }

    void sync_content() {
        if (pending.empty() || mutant(Mutant::dvc_cache_sync)) return;
        if (pending.size() > few_files) {
            open_place(site, site.cache_dir, runtime.fs)->sync_file_system();
            return;
        }
        for (const auto& [md5, temporary] : pending) open_bucket(checked_name(md5).bucket)->open(temporary)->sync();
    }
    void publish() {
        for (auto at = pending.begin(); at != pending.end(); at = pending.erase(at)) {
            const auto name = checked_name(at->first);
            const auto bucket = open_bucket(name.bucket);
            bucket->rename(at->second, *bucket, name.name, Replace::yes);
        }
    }
    void sync_names() {
        if (buckets.empty() || mutant(Mutant::dvc_cache_folder_sync)) return;
        for (const auto& bucket : buckets) open_bucket(bucket)->sync();
        // Whoever made the folders may have died before their names were durable.
        for (const auto* const below : {"files/md5", "files", ""})
            open_place(site, path::join(site.cache_dir, below), runtime.fs)->sync();
        sync_parent();
        buckets.clear();
    }
    void sync_parent() const {
        try {
            open_place(site, std::string{path::parent(site.cache_dir)}, runtime.fs)->sync();
        } catch (const Error& error) {
            // A shared cache may be in a folder that one can pass through but not open; then somebody else made it.
            if (error.code().id != mlo::errors::permission_denied.id) throw;
        }
    }
};

Cache::Cache(const Site& site, const Runtime& runtime) : state_{std::make_unique<State>(site, runtime)} {}

Cache::~Cache() {
    for (const auto& [md5, temporary] : state_->pending) {
        try {
            if (const auto bucket = state_->open_bucket(checked_name(md5).bucket))
                remove_quietly(*bucket, temporary, state_->runtime);
        } catch (const Error& error) {
            state_->runtime.log.log(LogLevel::debug, error.message());
        }
    }
}

bool Cache::contains(const std::string& md5) const {
    const auto name = name_of(md5);
    if (!name) return false;
    {
        const std::scoped_lock lock{state_->mutex};
        if (state_->pending.contains(md5)) return true;
    }
    const auto bucket = state_->open_bucket(name->bucket);
    const auto status = bucket == nullptr ? std::nullopt : bucket->stat(name->name);
    return status && status->kind == FileKind::regular;
}

std::unique_ptr<File> Cache::open(const std::string& md5) const {
    const auto name = name_of(md5);
    if (!name) return nullptr;
    const auto bucket = state_->open_bucket(name->bucket);
    if (bucket == nullptr || !bucket->stat(name->name)) return nullptr;
    return bucket->open(name->name);
}

std::optional<std::vector<Cache::Entry>> Cache::folder(const std::string& md5) const {
    const auto name = name_of(md5);
    if (!name || !md5.ends_with(listing_suffix)) return std::nullopt;
    const auto bucket = state_->open_bucket(name->bucket);
    if (bucket == nullptr || !bucket->stat(name->name)) return std::nullopt;
    const auto text = read_file(*bucket, name->name, listing_limit);
    const auto file = path::join(bucket->path(), name->name);
    if (hash::to_hex(hash::md5(as_bytes(text))) != digits_of(md5))
        throw Error{errors::cache_object_corrupt, fmt::format("{} has another MD5 than its name says", quoted(file))}
            .hint(fmt::format("rm -f {}", file));
    return parse_listing(text, file);
}

void Cache::put(const std::string& md5, store::ObjectStore& store, const store::ObjectId& id) {
    const auto name = checked_name(md5);
    const auto bucket = state_->make_bucket(name.bucket);
    const auto info = store.find(id);
    if (info && state_->is_known(md5, *bucket, name, info->size_bytes)) return;
    if (store.link_to(id, *bucket, name.name)) return state_->note(name.bucket);
    state_->add(md5, *bucket, name, [&](File& file) { store.write_to(id, file); });
}

void Cache::put_bytes(const std::string& md5, std::string_view bytes) {
    const auto name = checked_name(md5);
    const auto bucket = state_->make_bucket(name.bucket);
    if (state_->is_known(md5, *bucket, name, bytes.size())) return;
    state_->add(md5, *bucket, name, [&](File& file) { file.write(as_bytes(bytes)); });
}

std::optional<store::StoredBlob> Cache::take(const std::string& md5, store::Ingest& ingest, Progress& progress) const {
    const auto name = name_of(md5);
    if (!name) return std::nullopt;
    const auto bucket = state_->open_bucket(name->bucket);
    if (bucket == nullptr || !bucket->stat(name->name)) return std::nullopt;
    Md5Examiner examiner{digits_of(md5)};
    auto blob = ingest.add_link(*bucket, name->name, examiner, progress);
    if (!blob)
        state_->runtime.log.log(LogLevel::warning, fmt::format("{} in DVC's cache has another MD5 than its name says",
                                                               quoted(path::join(bucket->path(), name->name))));
    return blob;
}

void Cache::sync() {
    const std::scoped_lock lock{state_->mutex};
    state_->sync_content();
    state_->publish();
    state_->sync_names();
}

}  // namespace mlo::dvc
