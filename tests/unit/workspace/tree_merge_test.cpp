// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <mlo/store/errors.hpp>
#include <mlo/workspace/tree_merge.hpp>
#include <random>
#include <set>

using namespace mlo;
using namespace mlo::workspace;
using store::EntryKind;
using store::Executable;

namespace {

/// What a model of a tree holds at one name.
struct Node {
    EntryKind kind = EntryKind::directory;
    Executable executable = Executable::no;
    std::string content;  ///< files; of links: the target
    std::map<std::string, Node> children;
};

/// Trees in memory, some of which may be taken away.
class Trees final : public TreeSource {
public:
    [[nodiscard]] Bytes tree(const store::ObjectId& id) override {
        const auto found = trees_.find(id);
        if (found == trees_.end() || gone_.contains(id)) throw Error{store::errors::object_missing, "no such tree"};
        read_.insert(id);
        return found->second;
    }
    store::ObjectId add(ByteView bytes) {
        const auto id = hash::sha256(bytes);
        trees_.emplace(id, Bytes{bytes.begin(), bytes.end()});
        return id;
    }
    void lose(const store::ObjectId& id) { gone_.insert(id); }
    [[nodiscard]] bool has(const store::ObjectId& id) const { return trees_.contains(id); }
    [[nodiscard]] const std::set<store::ObjectId>& read_ones() const { return read_; }

private:
    std::map<store::ObjectId, Bytes> trees_;
    std::set<store::ObjectId> gone_;
    std::set<store::ObjectId> read_;
};

Tracked store_node(const Node& node, Trees& trees) {
    const auto id = hash::sha256(as_bytes(node.content));
    switch (node.kind) {
        case EntryKind::file:
            return {{EntryKind::file, node.executable, node.content.size(), id, {}}, 1};
        case EntryKind::symlink:
            return {{EntryKind::symlink, Executable::no, node.content.size(), {}, node.content}, 1};
        case EntryKind::directory:
            break;
    }
    Tracked folder{{EntryKind::directory, Executable::no, 0, {}, {}}, 0};
    store::TreeWriter writer;
    for (const auto& [name, child] : node.children) {
        const auto stored = store_node(child, trees);
        const auto& entry = stored.entry;
        if (entry.kind != EntryKind::symlink) folder.entry.size_bytes += entry.size_bytes;
        folder.files += stored.files;
        writer.add({name, entry.kind, entry.executable, entry.size_bytes, entry.id, entry.target});
    }
    folder.entry.id = trees.add(std::move(writer).finish());
    return folder;
}

/// Everything below, by path: what each leaf and each empty folder is.
using Flat = std::map<std::string, std::string>;

void flatten(const Node& node, const std::string& path, Flat& into) {
    if (node.kind == EntryKind::directory) {
        if (node.children.empty()) into[path] = "folder";
        for (const auto& [name, child] : node.children) flatten(child, path + "/" + name, into);
    } else {
        const bool is_program = node.executable == Executable::yes;
        into[path] = (node.kind == EntryKind::symlink ? "link " : is_program ? "program " : "file ") + node.content;
    }
}
Flat flat(const Node& node) {
    Flat into;
    flatten(node, "d", into);
    return into;
}

Node load_entry(const Entry& entry, const std::map<store::ObjectId, std::string>& contents, Trees& trees) {
    Node node{.kind = entry.kind, .executable = entry.executable, .content = entry.target, .children = {}};
    if (entry.kind == EntryKind::file) node.content = contents.at(entry.id);
    if (entry.kind == EntryKind::directory) {
        const auto bytes = trees.tree(entry.id);
        store::TreeReader reader{bytes, entry.id};
        for (store::TreeEntry each; reader.next(each);)
            node.children[std::string{each.name}] = load_entry(to_entry(each), contents, trees);
    }
    return node;
}

Node file(std::string content, Executable executable = Executable::no) {
    return {.kind = EntryKind::file, .executable = executable, .content = std::move(content), .children = {}};
}
Node link(std::string target) {
    return {.kind = EntryKind::symlink, .executable = Executable::no, .content = std::move(target), .children = {}};
}
Node folder(std::map<std::string, Node> children) {
    return {.kind = EntryKind::directory, .executable = Executable::no, .content = {}, .children = std::move(children)};
}

/// Contents that files of the tests have, so that ids can be turned back.
const std::map<store::ObjectId, std::string>& contents() {
    static const auto known = [] {
        std::map<store::ObjectId, std::string> map;
        for (const std::string text : {"", "1", "22", "333", "4444"}) map[hash::sha256(as_bytes(text))] = text;
        return map;
    }();
    return known;
}

struct Result {
    Node ours;
    Node theirs;
    std::vector<std::string> conflicts;
    std::vector<std::string> missing;
    std::uint64_t taken = 0;
};

class World {
public:
    Trees trees;

    TreeMerge merge(const MergeBase& base, const Tracked& ours, const Tracked& theirs) {
        return merge_trees("d", base, ours, theirs, trees, [&](ByteView bytes) { return trees.add(bytes); });
    }
    Result merge(const std::optional<Node>& base, const Node& ours, const Node& theirs) {
        return merge(base, base, ours, theirs);
    }
    Result merge(const std::optional<Node>& one, const std::optional<Node>& other, const Node& ours,
                 const Node& theirs) {
        MergeBase base;
        if (one) base.one = store_node(*one, trees).entry;
        if (other) base.other = store_node(*other, trees).entry;
        const auto merged = merge(base, store_node(ours, trees), store_node(theirs, trees));
        Result result{.ours = load_entry(merged.ours.entry, contents(), trees),
                      .theirs = load_entry(merged.theirs.entry, contents(), trees),
                      .conflicts = {},
                      .missing = merged.missing,
                      .taken = merged.taken};
        for (const auto& each : merged.conflicts) result.conflicts.push_back(each.path + ": " + describe(each));
        // Sizes and numbers are those of the tree, whatever way it came about.
        Trees again;
        CHECK(store_node(result.ours, again).entry == merged.ours.entry);
        CHECK(store_node(result.theirs, again).entry == merged.theirs.entry);
        if (merged.ours.entry.kind == EntryKind::directory) {
            CHECK(store_node(result.ours, again).files == merged.ours.files);
            CHECK(store_node(result.theirs, again).files == merged.theirs.files);
        }
        return result;
    }
};

using Lines = std::vector<std::string>;

/// Draws trees that resemble each other.
class Draw {
public:
    explicit Draw(std::uint32_t seed) : engine_{seed} {}
    [[nodiscard]] bool one_in(std::uint32_t n) { return below(n) == 0; }
    [[nodiscard]] std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(engine_() % n); }

    Node leaf(bool may_be_folder, int depth) {
        if (may_be_folder && depth < 3 && one_in(3)) return tree(true, depth + 1);
        if (one_in(6)) return link(one_in(2) ? "x" : "y");
        static const Lines texts{"", "1", "22", "333", "4444"};
        return file(texts[below(5)], one_in(4) ? Executable::yes : Executable::no);
    }
    /// With `mixed`, a name may be a folder in one tree and a file in another; else upper case names are folders, and
    /// none of them is empty.
    Node tree(bool mixed, int depth) {
        Node node = folder({});
        for (const std::string name : {"a", "b", "c", "d"})
            if (!one_in(3)) node.children[name] = leaf(mixed, depth);
        if (!mixed && depth < 3)
            for (const std::string name : {"A", "B"}) {
                if (one_in(3)) continue;
                auto child = tree(mixed, depth + 1);
                if (!child.children.empty()) node.children[name] = std::move(child);
            }
        return node;
    }
    /// The tree with a few changes.
    Node changed(Node node, bool mixed, int depth) {
        Node result = node;
        result.children.clear();
        std::set<std::string> names{"a", "b", "c", "d"};
        if (!mixed && depth < 3) names.insert({"A", "B"});
        for (const auto& name : names) {
            const auto found = node.children.find(name);
            const bool is_folder_name = !mixed && name < "a";
            if (found == node.children.end()) {
                if (!one_in(6)) continue;
                auto made = is_folder_name ? tree(mixed, depth + 1) : leaf(mixed, depth);
                if (!is_folder_name || !made.children.empty()) result.children[name] = std::move(made);
            } else if (one_in(6)) {
                continue;  // deleted
            } else if (found->second.kind == EntryKind::directory && !(mixed && one_in(6))) {
                auto child = changed(found->second, mixed, depth + 1);
                if (mixed || !child.children.empty()) result.children[name] = std::move(child);
            } else if (one_in(3) && !is_folder_name) {
                result.children[name] = leaf(mixed, depth);
            } else {
                result.children[name] = found->second;
            }
        }
        return result;
    }

private:
    std::mt19937 engine_;
};

/// What the three texts of one leaf become; nothing: a conflict. Files have bytes and a mode.
struct Leaf {
    bool is_there = false;
    std::string kind;
    std::string content;
    friend bool operator==(const Leaf&, const Leaf&) = default;
};
Leaf leaf_at(const Flat& tree, const std::string& path) {
    const auto found = tree.find(path);
    if (found == tree.end()) return {};
    const auto space = found->second.find(' ');
    return {true, found->second.substr(0, space), found->second.substr(space + 1)};
}
std::optional<Leaf> merge_leaf(const Leaf& base, const Leaf& ours, const Leaf& theirs) {
    if (ours == theirs || theirs == base) return ours;
    if (ours == base) return theirs;
    const auto is_file = [](const Leaf& leaf) { return leaf.is_there && leaf.kind != "link"; };
    if (!is_file(base) || !is_file(ours) || !is_file(theirs)) return std::nullopt;
    const auto part = [](const std::string& b, const std::string& o, const std::string& t) {
        return o == t || t == b ? std::optional{o} : o == b ? std::optional{t} : std::nullopt;
    };
    const auto kind = part(base.kind, ours.kind, theirs.kind);
    const auto content = part(base.content, ours.content, theirs.content);
    if (!kind || !content) return std::nullopt;
    return Leaf{true, *kind, *content};
}

void check_against_flat_model(const Node& base, const Node& ours, const Node& theirs) {
    World world;
    const auto merged = world.merge(base, ours, theirs);
    const auto b = flat(base);
    const auto o = flat(ours);
    const auto t = flat(theirs);
    std::set<std::string> paths;
    for (const auto* tree : {&b, &o, &t})
        for (const auto& [path, text] : *tree) paths.insert(path);
    paths.erase("d");  // the root, where it is empty
    std::set<std::string> conflicts;
    Flat expected_ours;
    Flat expected_theirs;
    const auto put = [](Flat& into, const std::string& path, const Leaf& leaf) {
        if (leaf.is_there) into[path] = leaf.kind + " " + leaf.content;
    };
    for (const auto& path : paths) {
        const auto leaf = merge_leaf(leaf_at(b, path), leaf_at(o, path), leaf_at(t, path));
        if (!leaf) conflicts.insert(path);
        put(expected_ours, path, leaf ? *leaf : leaf_at(o, path));
        put(expected_theirs, path, leaf ? *leaf : leaf_at(t, path));
    }
    // A folder that both sides emptied together stays; the model knows leaves alone.
    const auto leaves = [](const Node& tree) {
        auto all = flat(tree);
        std::erase_if(all, [](const auto& each) { return each.second == "folder"; });
        return all;
    };
    CHECK(leaves(merged.ours) == expected_ours);
    CHECK(leaves(merged.theirs) == expected_theirs);
    std::set<std::string> told;
    for (const auto& line : merged.conflicts) told.insert(line.substr(0, line.find(':')));
    CHECK(told == conflicts);
}

}  // namespace

TEST_CASE("random trees merge as their files do one by one", "[tree_merge]") {
    for (std::uint32_t seed = 0; seed < 1500; ++seed) {
        INFO("seed " << seed);
        Draw draw{seed};
        const auto base = draw.tree(false, 0);
        check_against_flat_model(base, draw.changed(base, false, 0), draw.changed(base, false, 0));
    }
}

TEST_CASE("files, links, empty folders and folders in each other's place keep the laws of a merge", "[tree_merge]") {
    for (std::uint32_t seed = 0; seed < 1500; ++seed) {
        INFO("seed " << seed);
        Draw draw{seed};
        const auto base = draw.tree(true, 0);
        const auto ours = draw.changed(base, true, 0);
        const auto theirs = draw.changed(base, true, 0);
        World world;
        const auto merged = world.merge(base, ours, theirs);
        const auto mirrored = world.merge(base, theirs, ours);
        CHECK(flat(merged.ours) == flat(mirrored.theirs));
        CHECK(flat(merged.theirs) == flat(mirrored.ours));
        CHECK(merged.conflicts.size() == mirrored.conflicts.size());
        CHECK((merged.conflicts.empty() == (flat(merged.ours) == flat(merged.theirs))));
        CHECK(flat(world.merge(base, base, theirs).ours) == flat(theirs));
        CHECK(flat(world.merge(base, ours, base).theirs) == flat(ours));
        CHECK(flat(world.merge(base, ours, ours).ours) == flat(ours));
        // Nothing of either side is lost: what is only in one of them is in one of the two results.
        for (const auto& [path, text] : flat(theirs)) {
            if (text == "folder" || flat(base).contains(path) || path == "d") continue;
            CHECK(flat(merged.theirs).contains(path));
        }
    }
}

TEST_CASE("of two possible bases only what follows from either is merged", "[tree_merge]") {
    int clean = 0;
    for (std::uint32_t seed = 0; seed < 2000; ++seed) {
        INFO("seed " << seed);
        Draw draw{seed};
        const auto one = draw.tree(true, 1);
        const auto other = draw.changed(one, true, 1);
        const auto ours = draw.changed(one, true, 1);
        const auto theirs = draw.one_in(2) ? draw.changed(ours, true, 1) : draw.changed(other, true, 1);
        World world;
        const auto merged = world.merge(one, other, ours, theirs);
        if (!merged.conflicts.empty()) continue;
        ++clean;
        const auto by_one = world.merge(one, ours, theirs);
        const auto by_other = world.merge(other, ours, theirs);
        CHECK(by_one.conflicts.empty());
        CHECK(by_other.conflicts.empty());
        CHECK(flat(merged.ours) == flat(by_one.ours));
        CHECK(flat(merged.ours) == flat(by_other.ours));
    }
    CHECK(clean > 100);
}

TEST_CASE("a conflict leaves two results, both with all that could be merged", "[tree_merge]") {
    World world;
    const auto base = folder({{"both", file("1")}, {"gone", file("1")}, {"kept", file("1")}, {"same", file("")}});
    const auto ours = folder({{"both", file("22")}, {"kept", file("333")}, {"same", file("")}, {"ours", file("1")}});
    const auto theirs = folder({{"both", file("333")}, {"gone", file("22")}, {"same", file("")}, {"new", link("x")}});
    const auto merged = world.merge(base, ours, theirs);
    CHECK(merged.conflicts == Lines{"d/both: changed on both sides", "d/gone: deleted by ours, changed by theirs",
                                    "d/kept: changed by ours, deleted by theirs"});
    CHECK(flat(merged.ours) == flat(folder({{"both", file("22")},
                                            {"kept", file("333")},
                                            {"same", file("")},
                                            {"ours", file("1")},
                                            {"new", link("x")}})));
    CHECK(flat(merged.theirs) == flat(folder({{"both", file("333")},
                                              {"gone", file("22")},
                                              {"same", file("")},
                                              {"ours", file("1")},
                                              {"new", link("x")}})));
    CHECK(merged.taken == 1);
}

TEST_CASE("conflicts are told by what each side did", "[tree_merge]") {
    World world;
    const auto conflict = [&](std::map<std::string, Node> base, std::map<std::string, Node> ours,
                              std::map<std::string, Node> theirs) {
        return world.merge(folder(std::move(base)), folder(std::move(ours)), folder(std::move(theirs))).conflicts;
    };
    CHECK(conflict({}, {{"a", file("1")}}, {{"a", file("22")}}) == Lines{"d/a: added on both sides"});
    CHECK(conflict({}, {{"a", file("1")}}, {{"a", file("1", Executable::yes)}}) ==
          Lines{"d/a: added on both sides: executable in one of them"});
    CHECK(conflict({}, {{"a", file("1")}}, {{"a", link("x")}}) ==
          Lines{"d/a: added on both sides: a file in ours, a symbolic link in theirs"});
    CHECK(conflict({{"a", file("1")}}, {{"a", file("22")}}, {{"a", folder({})}}) ==
          Lines{"d/a: changed on both sides: a file in ours, a folder in theirs"});
    CHECK(conflict({{"a", folder({{"b", file("1")}})}}, {}, {{"a", folder({{"b", file("22")}})}}) ==
          Lines{"d/a/b: deleted by ours, changed by theirs"});
    CHECK(conflict({{"a", link("x")}}, {{"a", link("y")}}, {{"a", link("z")}}) == Lines{"d/a: changed on both sides"});
}

TEST_CASE("bytes and mode of a file are two things", "[tree_merge]") {
    World world;
    const auto merged = world.merge(folder({{"a", file("1")}}), folder({{"a", file("22")}}),
                                    folder({{"a", file("1", Executable::yes)}}));
    CHECK(merged.conflicts.empty());
    CHECK(flat(merged.ours) == flat(folder({{"a", file("22", Executable::yes)}})));
    const auto alone = world.merge(file("1"), file("1", Executable::yes), file("333"));
    CHECK(alone.conflicts.empty());
    CHECK(flat(alone.ours) == flat(file("333", Executable::yes)));
}

TEST_CASE("a folder goes if one side removed it and the other left nothing in it", "[tree_merge]") {
    World world;
    const auto base = folder({{"a", folder({{"b", file("1")}, {"c", file("1")}})}});
    CHECK(flat(world.merge(base, folder({}), folder({{"a", folder({{"b", file("1")}})}})).ours) == flat(folder({})));
    const auto added = world.merge(base, folder({}), folder({{"a", folder({{"b", file("1")}, {"d", file("22")}})}}));
    CHECK(added.conflicts.empty());
    CHECK(flat(added.ours) == flat(folder({{"a", folder({{"d", file("22")}})}})));
    const auto emptied =
        world.merge(base, folder({{"a", folder({{"b", file("1")}})}}), folder({{"a", folder({{"c", file("1")}})}}));
    CHECK(flat(emptied.ours) == flat(folder({{"a", folder({})}})));
}

TEST_CASE("without a base, two folders become their union", "[tree_merge]") {
    World world;
    const auto merged = world.merge(std::nullopt, folder({{"a", file("1")}, {"s", file("1")}}),
                                    folder({{"b", file("1")}, {"s", file("1")}}));
    CHECK(merged.conflicts.empty());
    CHECK(flat(merged.ours) == flat(folder({{"a", file("1")}, {"b", file("1")}, {"s", file("1")}})));
}

TEST_CASE("only folders that differ are read", "[tree_merge]") {
    World world;
    const auto big = folder({{"x", file("1")}, {"y", folder({{"z", file("1")}})}});
    const auto base = folder({{"big", big}, {"part", folder({{"a", file("1")}})}});
    const auto ours = folder({{"big", big}, {"part", folder({{"a", file("22")}})}});
    const auto theirs = folder({{"big", big}, {"part", folder({{"a", file("1")}, {"b", file("1")}})}});
    const auto unread = store_node(big, world.trees).entry.id;
    world.trees.lose(unread);
    const auto base_entry = store_node(base, world.trees).entry;
    const auto merged =
        world.merge({base_entry, base_entry}, store_node(ours, world.trees), store_node(theirs, world.trees));
    CHECK(merged.missing.empty());
    CHECK(merged.conflicts.empty());
    CHECK(merged.ours.files == 4);
    CHECK_FALSE(world.trees.read_ones().contains(unread));
}

TEST_CASE("every folder whose list is not to be had is named", "[tree_merge]") {
    const auto base = folder({{"p", folder({{"a", file("1")}})}, {"q", folder({{"a", file("1")}})}});
    const auto ours = folder({{"p", folder({{"a", file("22")}})}, {"q", folder({{"a", file("1")}})}});
    const auto theirs = folder(
        {{"n", folder({{"n", file("1")}})}, {"p", folder({{"a", file("333")}})}, {"q", folder({{"a", file("333")}})}});
    World world;
    const auto base_entry = store_node(base, world.trees).entry;
    const auto our_entry = store_node(ours, world.trees);
    const auto their_entry = store_node(theirs, world.trees);
    for (const std::string lost : {"n", "p", "q"})
        world.trees.lose(store_node(theirs.children.at(lost), world.trees).entry.id);
    CHECK(world.merge({base_entry, base_entry}, our_entry, their_entry).missing == Lines{"d/n", "d/p", "d/q"});
    world.trees.lose(base_entry.id);
    CHECK(world.merge({base_entry, base_entry}, our_entry, their_entry).missing == Lines{"d"});
    // Taken as a whole, nothing of it has to be here.
    CHECK(world.merge({our_entry.entry, our_entry.entry}, our_entry, their_entry).missing.empty());
}

TEST_CASE("folders that name each other many times end in an error", "[tree_merge]") {
    World world;
    const auto chain = [&](const std::string& leaf) {
        Tracked below = store_node(folder({{leaf, file("1")}}), world.trees);
        for (int level = 0; level < 30; ++level) {
            store::TreeWriter writer;
            for (const std::string_view name : {"a", "b"})
                writer.add({name, EntryKind::directory, Executable::no, 0, below.entry.id, {}});
            below.entry.id = world.trees.add(std::move(writer).finish());
        }
        return below;
    };
    CHECK_THROWS_WITH(world.merge({}, chain("x"), chain("y")), Catch::Contains("folders"));
}
