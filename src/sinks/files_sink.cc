// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One file for each record that has an output. What makes it exact across crashes is an order:
//
//     1. the content is written under a temporary name                 (write)
//     2. it is synced                                                  (publish)
//     3. the index says which item has which path, and is synced
//     4. the files get their names, their folders are synced
//     5. the cursor goes to the ledger                                 (sync)
//
// A crash before 3 leaves temporary files, which the next open() removes. After it the ledger gives
// the records again, the index gives them the same paths, and they take the place of what is there.
// A file without an entry in the index is nobody's of ours, and stays.
#include <penstock/sinks.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/json.h"
#include "placeholders/place.h"
#include "placeholders/template.h"
#include "sinks/file_content.h"
#include "sinks/file_name.h"
#include "sinks/file_tree.h"
#include "sinks/item_view.h"
#include "sinks/name_index.h"
#include "sinks/row_choice.h"

namespace penstock {
namespace {

using namespace sinks;
using placeholders::Place;
using placeholders::Template;

constexpr std::size_t kUnpublishedMax = 1000;

// The part of a path template that is the same for every item: "texts/" of "texts/{rank}.txt".
std::string_view constant_folder(std::string_view path) {
  const std::string_view constant = path.substr(0, path.find('{'));
  const std::size_t slash = constant.rfind('/');
  return constant.substr(0, slash == std::string_view::npos ? 0 : slash + 1);
}

class FilesSink final : public Sink {
 public:
  FilesSink(FilesOptions options, Template path, std::optional<Template> content)
      : options_(std::move(options)), path_(std::move(path)), content_(std::move(content)) {
    std::vector<const Template*> templates = {&path_};
    if (content_) templates.push_back(&*content_);
    view_ = ItemView(templates, last_step());
  }

  std::string_view name() const override { return options_.name; }

  Result<bool> open(const SinkCursor& cursor) override {
    const std::string_view below = constant_folder(options_.path);
    PENSTOCK_TRY(tree, FileTree::open((std::filesystem::path(options_.folder) / below).native()));
    tree_ = std::move(tree);
    PENSTOCK_TRY(index, NameIndex::open(tree_->private_path("names.db")));
    index_ = std::move(index);
    const NameIndex::State state = index_->state();
    PENSTOCK_TRY(has_files, index_->has_files());
    if (has_files && state.token != cursor.inode) return foreign();
    seq_ = cursor.seq;
    const bool holds = cursor.length_bytes != SinkCursor::kRewrite;
    if (holds && cursor.seq > 0 && state.seq >= cursor.seq) return true;
    PENSTOCK_CHECK(index_->begin_generation(cursor.inode));
    anew_ = true;
    return cursor.seq == 0;
  }

  Status write(const Record& record) override {
    seq_ = static_cast<std::uint64_t>(record.seq);
    if (record.kind == "input.duplicate_key") return ok();  // The file is the other item's.
    PENSTOCK_TRY(known, index_->find(record.key));
    const bool may_have_one = record.step == last_step() && !is_failure(record.status);
    // Written anew from a ledger that has not kept the output: the file is all there is of it.
    if (may_have_one && record.output.empty() && known && anew_) {
      return index_->put(record.key, *known);
    }
    const bool has_output = may_have_one && !record.output.empty();
    if (!has_output) return known ? forget(record.key, known->path) : ok();
    PENSTOCK_CHECK(write_file(record, known));
    return unpublished_.size() < kUnpublishedMax ? ok() : publish();
  }

  Result<SinkCursor> sync() override {
    if (std::exchange(anew_, false)) {
      PENSTOCK_CHECK(publish());
      PENSTOCK_CHECK(remove_older());
    }
    index_->reach(seq_);
    PENSTOCK_CHECK(publish());
    return SinkCursor{.seq = seq_, .inode = index_->state().token};
  }

  // Files appear when they are complete and synced, with sync().
  Status flush() override { return ok(); }

 private:
  struct Unpublished {
    std::uint64_t stored;
    std::string path;
  };

  std::string last_step() const { return options_.steps.empty() ? "" : options_.steps.back(); }

  Status write_file(const Record& record, const std::optional<NameIndex::Entry>& known) {
    PENSTOCK_TRY(view, view_.make(record));
    std::optional<FileContent> content = content_for(record, view.root());
    if (!content) return known ? forget(record.key, known->path) : ok();
    PENSTOCK_TRY(stored, store(*content));
    const std::string wanted = wanted_path(record, view.root());
    PENSTOCK_TRY(path, path_for(record.key, wanted, known));
    if (known && known->path != path) PENSTOCK_CHECK(take_away(known->path));
    PENSTOCK_CHECK(index_->put(record.key, {wanted, path}));
    unpublished_.push_back({stored, path});
    return ok();
  }

  std::optional<FileContent> content_for(const Record& record, json::Node view) const {
    if (!content_) return content_of(record.output, options_.bodies_folder);
    auto text = content_->render(view);
    if (!text) return std::nullopt;
    return FileContent{.bytes = std::move(*text), .body_name = {}};
  }

  Result<std::uint64_t> store(const FileContent& content) {
    if (content.body_name.empty()) return tree_->store(content.bytes);
    PENSTOCK_TRY(bodies, os::Folder::open(options_.bodies_folder));
    return tree_->store_file(bodies, content.body_name);
  }

  // Below the tree's root. An item that lacks a field of the template is named by its key.
  std::string wanted_path(const Record& record, json::Node view) const {
    const auto path = path_.render(view);
    if (path) return *path;
    const auto key = placeholders::escape_for(Place::path, record.key);
    return name_for_key("unnamed/" + (key ? *key : std::string()), record.key, 8);
  }

  // The path that the item had, or else the first of its names that nobody has.
  Result<std::string> path_for(const std::string& key, const std::string& wanted,
                               const std::optional<NameIndex::Entry>& known) {
    if (known && known->wanted == wanted) {
      PENSTOCK_TRY(stands, tree_->look(known->path));
      if (stands) return known->path;
    }
    std::string path;
    for (std::size_t begin = 0; begin <= wanted.size();) {
      const std::size_t end = std::min(wanted.find('/', begin), wanted.size());
      const std::string name = wanted.substr(begin, end - begin);
      const bool is_file = end == wanted.size();
      PENSTOCK_TRY(free, is_file ? free_file(path, name, key) : free_folder(path, name, key));
      path += (path.empty() ? "" : "/") + free;
      begin = end + 1;
    }
    return path;
  }

  Result<std::string> free_file(const std::string& folder, const std::string& name,
                                const std::string& key) {
    return first_free(folder, name, key, [this](const std::string& path) -> Result<bool> {
      PENSTOCK_TRY(taken, index_->is_taken(path));
      if (taken) return false;
      PENSTOCK_TRY(stands, tree_->look(path));
      return stands == FileTree::Stands::nothing || will_be_removed(path);
    });
  }

  // A folder is free if it can be entered; its name may be that of a file to come, though.
  Result<std::string> free_folder(const std::string& folder, const std::string& name,
                                  const std::string& key) {
    return first_free(folder, name, key, [this](const std::string& path) -> Result<bool> {
      PENSTOCK_TRY(taken, index_->is_taken(path));
      if (taken) return false;
      return tree_->has_folder(path);
    });
  }

  template <typename IsFree>
  static Result<std::string> first_free(const std::string& folder, const std::string& name,
                                        const std::string& key, IsFree is_free) {
    for (const std::size_t digits : {0, 8, 16, 32}) {
      std::string tried = digits == 0 ? name : name_for_key(name, key, digits);
      PENSTOCK_TRY(free, is_free(folder.empty() ? tried : folder + "/" + tried));
      if (free) return tried;
    }
    return Error{.code = Errc::rejected,
                 .message = "write " + folder + "/" + name + ": every name for item " + key +
                            " is taken by files of somebody else",
                 .kind = "output.foreign"};
  }

  bool will_be_removed(const std::string& path) const {
    return std::find(to_remove_.begin(), to_remove_.end(), path) != to_remove_.end();
  }

  Status forget(const std::string& key, const std::string& path) {
    PENSTOCK_CHECK(take_away(path));
    return index_->remove(key);
  }

  // Also what has not got its name yet.
  Status take_away(const std::string& path) {
    to_remove_.push_back(path);
    for (const Unpublished& file : unpublished_) {
      if (file.path == path) PENSTOCK_CHECK(tree_->drop(file.stored));
    }
    std::erase_if(unpublished_, [&](const Unpublished& file) { return file.path == path; });
    return ok();
  }

  Status publish() {
    for (const std::string& path : std::exchange(to_remove_, {})) {
      PENSTOCK_CHECK(tree_->remove(path));
    }
    PENSTOCK_CHECK(sync_unpublished());
    PENSTOCK_CHECK(index_->commit());
    for (const Unpublished& file : std::exchange(unpublished_, {})) {
      PENSTOCK_CHECK(tree_->place(file.stored, file.path));
    }
    return tree_->sync();
  }

  Status sync_unpublished() const {
    std::vector<std::uint64_t> stored;
    for (const Unpublished& file : unpublished_) stored.push_back(file.stored);
    return tree_->sync_stored(stored);
  }

  // Of records that the ledger had once and has no more.
  Status remove_older() {
    for (;;) {
      PENSTOCK_TRY(older, index_->take_older());
      if (older.empty()) return tree_->sync();
      for (const std::string& path : older) PENSTOCK_CHECK(tree_->remove(path));
    }
  }

  Error foreign() const {
    return Error{.code = Errc::rejected,
                 .message = "write " + options_.path +
                            ": its folder has the files of another run; "
                            "remove them, choose another folder, or start over with --fresh",
                 .kind = "output.foreign"};
  }

  const FilesOptions options_;
  const Template path_;
  const std::optional<Template> content_;
  ItemView view_;

  std::optional<FileTree> tree_;
  std::optional<NameIndex> index_;
  std::uint64_t seq_ = 0;
  bool anew_ = false;  // All records are written again; what is not is removed then.
  std::vector<Unpublished> unpublished_;
  std::vector<std::string> to_remove_;
};

}  // namespace

Result<std::unique_ptr<Sink>> make_files_sink(FilesOptions options) {
  const std::string below = options.path.substr(constant_folder(options.path).size());
  const bool is_folder = below.empty() || below.ends_with('/');
  const std::string private_part = "/" + std::string(kPrivateFolder) + "/";
  const bool is_private = ("/" + options.path).find(private_part) != std::string::npos;
  if (is_folder || is_private || below.find("//") != std::string::npos) {
    return Error{.code = Errc::invalid,
                 .message = "'" + options.path + "' is no path of a file for each item",
                 .kind = "output.path"};
  }
  PENSTOCK_TRY(path, Template::parse(below, Place::path));
  std::optional<Template> content;
  if (!options.content.empty()) {
    PENSTOCK_TRY(parsed, Template::parse(options.content));
    content = std::move(parsed);
  }
  if (options.name.empty()) options.name = "files:" + options.path;
  return std::unique_ptr<Sink>(
      std::make_unique<FilesSink>(std::move(options), std::move(path), std::move(content)));
}

}  // namespace penstock
