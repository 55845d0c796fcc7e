// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Files as items. The tree is walked folder by folder: what waits is a stack of (path, rest of the
// pattern), so memory follows the largest folder and never the number of files.
#include <fmt/format.h>
#include <penstock/sources.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "core/json_text.h"
#include "core/utf8.h"
#include "os/folder.h"
#include "sources/glob_match.h"
#include "sources/source_item.h"

namespace penstock {
namespace {

using namespace sources;
namespace fs = std::filesystem;

constexpr std::string_view kAnyDepth = "**";

Error refusal(const fs::path& path, std::string_view tried, std::error_code why) {
  return Error{.code = Errc::system,
               .message = fmt::format("{} {}: {}", tried, path.native(), why.message()),
               .kind = "system.glob"};
}

class Glob final : public Source {
 public:
  Glob(fs::path root, std::vector<std::string> parts) : parts_(std::move(parts)) {
    stack_.push_back({std::move(root), 0});
  }

  Result<SourceState> read(std::size_t items_max, std::vector<SourceItem>& out) override {
    while (items_max > 0) {
      PENSTOCK_TRY(file, next_file());
      if (!file) return SourceState::end;
      out.push_back(item_of(*file));
      --items_max;
    }
    return SourceState::items;
  }

  std::optional<std::uint64_t> total() const override { return std::nullopt; }

  Status skip(std::uint64_t count) override {
    for (; count > 0; --count) {
      PENSTOCK_TRY(file, next_file());
      if (!file) break;
    }
    return ok();
  }

 private:
  struct Visit {
    fs::path path;
    std::size_t part;  // What of the pattern is left for the names below `path`.
  };
  struct File {
    fs::path path;
    std::uintmax_t bytes;
  };

  Result<std::optional<File>> next_file() {
    while (!stack_.empty()) {
      Visit visit = std::move(stack_.back());
      stack_.pop_back();
      if (visit.part < parts_.size()) {
        PENSTOCK_CHECK(expand(visit));
        continue;
      }
      PENSTOCK_TRY(file, regular_file(visit.path));
      if (file) return std::move(file);
    }
    return std::optional<File>();
  }

  Status expand(const Visit& visit) {
    const std::string& part = parts_[visit.part];
    const std::size_t next_part = visit.part + 1;
    if (part == kAnyDepth) return expand_any_depth(visit);
    if (!is_glob(part)) {
      stack_.push_back({visit.path / glob_literal(part), next_part});
      return ok();
    }
    PENSTOCK_TRY(names, names_in(visit.path));
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
      if (glob_match(part, *name)) stack_.push_back({visit.path / *name, next_part});
    }
    return ok();
  }

  // What matches here comes first, then the folders below. Links to folders are not followed, so
  // the walk ends.
  Status expand_any_depth(const Visit& visit) {
    PENSTOCK_TRY(names, names_in(visit.path));
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
      std::error_code ignored;  // What is gone meanwhile is no folder.
      const fs::path path = visit.path / *name;
      const bool is_folder = fs::is_directory(fs::symlink_status(path, ignored));
      if (is_folder && name->front() != '.') stack_.push_back({path, visit.part});
    }
    stack_.push_back({visit.path, visit.part + 1});
    return ok();
  }

  // A file or nothing where a pattern hoped for a folder has no names in it.
  static Result<std::vector<std::string>> names_in(const fs::path& path) {
    std::error_code failed;
    if (!path.empty() && !fs::is_directory(path, failed)) {
      if (failed && failed != std::errc::no_such_file_or_directory) {
        return refusal(path, "look for files in", failed);
      }
      return std::vector<std::string>();
    }
    PENSTOCK_TRY(folder, os::Folder::open(path.empty() ? fs::path(".") : path));
    return folder.names();
  }

  static Result<std::optional<File>> regular_file(const fs::path& path) {
    std::error_code failed;
    const fs::file_status status = fs::status(path, failed);
    if (status.type() == fs::file_type::none) return refusal(path, "look at", failed);
    if (!fs::is_regular_file(status)) return std::optional<File>();
    const std::uintmax_t bytes = fs::file_size(path, failed);
    if (failed == std::errc::no_such_file_or_directory) return std::optional<File>();
    if (failed) return refusal(path, "look at", failed);
    return std::optional<File>(File{path, bytes});
  }

  static SourceItem item_of(const File& file) {
    const std::string& path = file.path.native();
    if (!utf8::is_valid(path)) {
      return bad_item("path", path, {path}, "input.encoding", "the name is not valid UTF-8");
    }
    SourceItem item;
    std::string value;
    json::ObjectWriter(value)
        .string("path", path)
        .string("name", file.path.filename().native())
        .unsigned_integer("bytes", file.bytes)
        .close();
    set_value(item, std::move(value));
    return item;
  }

  const std::vector<std::string> parts_;
  std::vector<Visit> stack_;  // The last one comes next.
};

std::vector<std::string> split(std::string_view pattern) {
  std::vector<std::string> parts;
  while (!pattern.empty()) {
    const std::size_t slash = std::min(pattern.find('/'), pattern.size());
    if (slash > 0) parts.emplace_back(pattern.substr(0, slash));
    pattern.remove_prefix(std::min(slash + 1, pattern.size()));
  }
  return parts;
}

}  // namespace

Result<std::unique_ptr<Source>> open_glob(GlobOptions options) {
  std::vector<std::string> parts = split(options.pattern);
  if (parts.empty() || std::count(parts.begin(), parts.end(), kAnyDepth) > 1) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("'{}' is no pattern: it needs a name, and may have one ** "
                                        "at most",
                                        options.pattern),
                 .kind = "input.glob"};
  }
  fs::path root = options.pattern.front() == '/' ? fs::path("/") : fs::path();
  return std::unique_ptr<Source>(std::make_unique<Glob>(std::move(root), std::move(parts)));
}

}  // namespace penstock
